"""The Agent's objects as data.

Sources: Datadog's Helm chart as it renders (test/datadog/baseline/manifests in DataDog/helm-charts), and
https://docs.datadoghq.com/containers/kubernetes/.
"""
