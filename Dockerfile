# syntax=docker/dockerfile:1
# One image for all services: `motcua run intake api`, `motcua migrate notify`, … (docs/operations.md).
# Python packages come from where pip's own configuration says, if need be by `--secret id=pip,src=pip.conf`; no address stands here.
# The default is the Python that all tests run on; any image with this Python, its venv and CA certificates serves.
ARG PYTHON=docker.io/library/python:3.11-slim-bookworm

FROM ${PYTHON} AS build
ARG SOURCE_DATE_EPOCH
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ONLY_BINARY=:all:
WORKDIR /src
COPY requirements requirements
RUN --mount=type=secret,id=pip,target=/etc/pip.conf \
    python3 -m venv /tools && python3 -m venv --without-pip /app && \
    /tools/bin/pip install --quiet --no-deps --require-hashes -r requirements/build.txt && \
    /tools/bin/pip --python /app/bin/python install --quiet --no-compile --no-deps --require-hashes -r requirements/services.txt
COPY contracts contracts
COPY rules rules
COPY kit kit
COPY services services
COPY motcua motcua
# Bytecode does not depend on the files' times, so that it holds in a layer with other ones.
RUN PATH=/tools/bin:$PATH pip wheel --quiet --no-deps --no-build-isolation --no-index --wheel-dir /wheels \
        ./contracts ./rules ./kit ./services/* ./motcua && \
    /tools/bin/pip --python /app/bin/python install --quiet --no-compile --no-deps --no-index /wheels/*.whl && \
    find /app/lib \( -name tests -o -name direct_url.json \) -prune -exec rm -r {} + && \
    /app/bin/python -m compileall -q -f -j 0 --invalidation-mode unchecked-hash /app/lib

FROM ${PYTHON} AS build-sandbox
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ONLY_BINARY=:all:
WORKDIR /src
COPY requirements requirements
RUN --mount=type=secret,id=pip,target=/etc/pip.conf \
    python3 -m venv /tools && python3 -m venv --without-pip /app && \
    /tools/bin/pip install --quiet --no-deps --require-hashes -r requirements/build.txt && \
    /tools/bin/pip --python /app/bin/python install --quiet --no-compile --no-deps --require-hashes -r requirements/sandbox.txt
COPY sandbox sandbox
RUN PATH=/tools/bin:$PATH pip wheel --quiet --no-deps --no-build-isolation --no-index --wheel-dir /wheels ./sandbox && \
    /tools/bin/pip --python /app/bin/python install --quiet --no-compile --no-deps --no-index /wheels/*.whl && \
    find /app/lib \( -name tests -o -name direct_url.json \) -prune -exec rm -r {} + && \
    /app/bin/python -m compileall -q -f -j 0 --invalidation-mode unchecked-hash /app/lib

FROM ${PYTHON} AS runtime
# An account without a home or a shell, and /data, which a volume mounted there belongs to; nothing needs another's rights.
RUN echo 'motcua:x:10001:10001::/nonexistent:/usr/sbin/nologin' >> /etc/passwd && \
    echo 'motcua:x:10001:' >> /etc/group && \
    install -d -o 10001 -g 10001 -m 0750 /data && \
    find / -xdev -type f -perm /6000 -exec chmod a-s {} +
ENV PATH=/app/bin:/usr/local/bin:/usr/bin:/bin PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 LANG=C.UTF-8 HOME=/tmp
WORKDIR /tmp
USER 10001:10001
STOPSIGNAL SIGTERM

# What stands in for the outside world, for trials only: `docker build --target sandbox`.
FROM runtime AS sandbox
COPY --from=build-sandbox /app /app
CMD ["python", "-m", "sandbox.identity"]

FROM runtime AS motcua
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Motcua" \
      org.opencontainers.image.description="Administrative-procedure dossiers, from filing to result" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
COPY --from=build /app /app
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["motcua", "health"]
ENTRYPOINT ["motcua"]
CMD ["--help"]
