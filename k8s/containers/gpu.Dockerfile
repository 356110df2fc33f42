# Workers on NVIDIA GPUs. From the root of the repository:
#   docker build -f k8s/containers/gpu.Dockerfile -t foxtrot-gpu:0.1.0 .
# CUDA's major version must be the one that this version of ONNX Runtime was built for, and cuDNN is 9: what
# `readelf -d libonnxruntime_providers_cuda.so` names. CUDA 13 needs a driver of version 580 or newer on the node.
ARG CUDA_IMAGE=nvidia/cuda:13.0.1-cudnn-runtime-ubuntu24.04

FROM mcr.microsoft.com/dotnet/sdk:10.0-noble AS build
WORKDIR /source
COPY . .
# Self-contained: NVIDIA's image has no .NET.
RUN dotnet publish src/Foxtrot -c Release -r linux-x64 --self-contained -p:OnnxRuntimeFlavor=Gpu -o /publish/app \
    && mkdir /publish/native \
    && mv /publish/app/model /publish/model \
    && mv /publish/app/libonnxruntime*.so /publish/native/

FROM $CUDA_IMAGE
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates libssl3t64 \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /app
# The bundled model.
COPY --from=build /publish/model ./model
# ONNX Runtime with its CUDA provider.
COPY --from=build /publish/native ./
# .NET and everything managed; the layer that changes.
COPY --from=build /publish/app ./
# Kernels that CUDA compiles at first use; the root file system is read-only.
ENV CUDA_CACHE_PATH=/tmp/cuda
USER 1654:1654
EXPOSE 8080
ENTRYPOINT ["/app/foxtrot"]
CMD ["serve"]
