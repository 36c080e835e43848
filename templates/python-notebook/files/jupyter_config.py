"""How JupyterLab starts. The token that it prints keeps the notebook from others who reach the port."""

c = get_config()  # noqa: F821  Jupyter gives it

c.ServerApp.ip = "127.0.0.1"
c.ServerApp.port = 8888
c.ServerApp.port_retries = 0
c.ServerApp.open_browser = False
# The workspace's address has a host name of its own, which is let in; the token is asked for all the same.
c.ServerApp.allow_remote_access = True
c.ServerApp.allow_root = True  # who runs it is the workspace's to decide
c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"
c.LabApp.news_url = None
