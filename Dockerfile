# Two stages: what builds stays behind, what runs has no compiler and no root.
#   docker build --build-arg TORCH_INDEX=<PyTorch's index of CPU wheels> -t claimdesk .
#   docker run -v claimdesk-data:/data claimdesk claimdesk keys create me --all-groups
#   docker run -p 127.0.0.1:8000:8000 -v claimdesk-data:/data claimdesk
# It asks for that key; -e CLAIMDESK_ALLOW_NETWORK_WITHOUT_KEYS=true lets in whoever reaches the port.
ARG PYTHON_VERSION=3.11

FROM python:${PYTHON_VERSION}-slim AS build
# Left empty, pip takes torch from its default index, with several gigabytes of CUDA.
ARG TORCH_INDEX=""
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app
RUN python -m venv /opt/claimdesk
ENV PATH=/opt/claimdesk/bin:$PATH
COPY constraints.txt ./
RUN pip install --constraint constraints.txt ${TORCH_INDEX:+--index-url "$TORCH_INDEX"} torch
COPY pyproject.toml README.md LICENSE ./
COPY api api
COPY retrieval retrieval
COPY index index
COPY evaluation evaluation
COPY training training
COPY models models
COPY desk desk
# The models are compiled here once: a container is ready in seconds and never imports torch.
RUN pip install --constraint constraints.txt '.[formats,postgres]' \
    && python -c "from pathlib import Path; from retrieval.embed import load_embedder; \
    from retrieval.stance import load_stance; cache = Path('/var/cache/claimdesk'); \
    load_embedder('all-MiniLM-L6-v2', cache); load_stance('claimdesk-stance', cache)"

FROM python:${PYTHON_VERSION}-slim
RUN useradd --system --uid 10001 --create-home claimdesk \
    && install --directory --owner=claimdesk /data
COPY --from=build /opt/claimdesk /opt/claimdesk
COPY --from=build --chown=claimdesk /var/cache/claimdesk /var/cache/claimdesk
# Inside a container loopback reaches nobody: publish the port on the host's loopback instead.
ENV PATH=/opt/claimdesk/bin:$PATH \
    CLAIMDESK_DATA=/data \
    CLAIMDESK_CACHE=/var/cache/claimdesk \
    CLAIMDESK_HOST=0.0.0.0
USER 10001
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD \
    ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/readyz', timeout=4)"]
CMD ["claimdesk", "serve"]
