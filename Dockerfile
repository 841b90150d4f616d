# syntax=docker/dockerfile:1
# The service answers on loopback only while no credentials are configured, so in a container it is reached through
# the host's network, or by a proxy that checks callers and shares the container's network:
#   docker run --rm --network host --volume decompass:/var/lib/decompass decompass secrets
#   docker run --rm --network host --volume decompass:/var/lib/decompass decompass migrate
#   docker run --rm --network host --volume decompass:/var/lib/decompass --read-only decompass
ARG PYTHON=3.13

FROM python:${PYTHON}-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_NO_INPUT=1
# An environment without pip: the build stage's own pip installs into it.
RUN ["python", "-m", "venv", "--without-pip", "/opt/decompass/venv"]
WORKDIR /opt/decompass
COPY requirements.lock requirements-build.lock ./
RUN ["pip", "--python", "venv/bin/python", "install", "--require-hashes", "--only-binary", ":all:", \
     "-r", "requirements.lock", "-r", "requirements-build.lock"]
COPY pyproject.toml README.md LICENSE ./
COPY app app
COPY alembic alembic
# The migrations must lie beside the package, so the package is installed in place. What built it goes again.
RUN ["pip", "--python", "venv/bin/python", "install", "--no-deps", "--no-build-isolation", "--editable", "."]
RUN ["pip", "--python", "venv/bin/python", "uninstall", "--yes", "flit-core"]
RUN ["venv/bin/python", "-m", "compileall", "-q", "app", "alembic", "venv/lib"]
RUN ["rm", "requirements.lock", "requirements-build.lock"]

FROM python:${PYTHON}-slim
RUN ["pip", "uninstall", "--yes", "pip"]
RUN ["install", "--directory", "--owner=10001", "--group=10001", "--mode=0700", "/var/lib/decompass"]
COPY --from=build /opt/decompass /opt/decompass
ENV PATH=/opt/decompass/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
USER 10001:10001
# The only place that is written to, by `secrets` and with SQLite; the rest may be mounted read-only. In production
# the secrets come from variables or a volume of their own (DECOMPASS_SECRETS), never from an image.
WORKDIR /var/lib/decompass
VOLUME /var/lib/decompass
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 CMD ["python", "-c", "\
import os, urllib.request as http; \
http.build_opener(http.ProxyHandler({})).open(\
'http://127.0.0.1:' + os.environ.get('DECOMPASS_PORT', '8000') + '/health/ready', timeout=2)"]
ENTRYPOINT ["decompass"]
CMD ["serve"]
