# A workspace's image with the toolchains of other languages, from Debian's packages.
ARG BASE
FROM ${BASE}
ARG PACKAGES
USER root

# Java's packages put links into the folder of manuals, and fail where there is none.
RUN mkdir -p /usr/share/man/man1 \
 && apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends \
      -o Dpkg::Options::=--path-exclude=/usr/share/doc/* \
      -o Dpkg::Options::=--path-include=/usr/share/doc/*/copyright \
      -o Dpkg::Options::=--path-exclude=/usr/share/man/* \
      -o Dpkg::Options::=--path-exclude=/usr/share/locale/* \
      -o Dpkg::Options::=--path-exclude=/usr/src/rustc-*/* \
      -o Dpkg::Options::=--path-include=/usr/src/rustc-*/library/* \
      ${PACKAGES} \
 && apt-get clean \
 && rm -rf /var/lib/apt/lists/* /var/log/apt

# What Go, Cargo and Maven download and build is in the home folder unless told otherwise; what they install, too.
ENV GOBIN=/home/coder/.local/bin \
    GOTOOLCHAIN=local \
    CARGO_INSTALL_ROOT=/home/coder/.local
USER 1000
