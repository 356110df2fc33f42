# Gateways, and workers on processors. From the root of the repository:
#   docker build -f k8s/containers/cpu.Dockerfile -t foxtrot:0.1.0 .
FROM --platform=$BUILDPLATFORM mcr.microsoft.com/dotnet/sdk:10.0-noble AS build
ARG TARGETARCH
WORKDIR /source
COPY . .
RUN dotnet publish src/Foxtrot -c Release -a $TARGETARCH --no-self-contained -o /publish/app \
    && mkdir /publish/native \
    && mv /publish/app/model /publish/model \
    && mv /publish/app/*.so /publish/native/

# No shell, no package manager; certificates, OpenSSL and the C++ runtime that ONNX Runtime needs are there.
FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled
WORKDIR /app
# The bundled model.
COPY --from=build /publish/model ./model
# ONNX Runtime and SQLite.
COPY --from=build /publish/native ./
# Everything managed; the layer that changes.
COPY --from=build /publish/app ./
USER 1654:1654
EXPOSE 8080
ENTRYPOINT ["dotnet", "foxtrot.dll"]
CMD ["serve"]
