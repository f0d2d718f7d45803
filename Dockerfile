FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source

# What decides the packages comes first, so that a change of code keeps the restored layer.
COPY global.json Directory.Build.props Directory.Packages.props BannedSymbols.txt .editorconfig ./
COPY src/RecoService.Api/RecoService.Api.csproj src/RecoService.Api/
COPY src/RecoService.Console/RecoService.Console.csproj src/RecoService.Console/
COPY src/RecoService.Engine/RecoService.Engine.csproj src/RecoService.Engine/
COPY src/RecoService.Lab/RecoService.Lab.csproj src/RecoService.Lab/
COPY src/RecoService.MlNet/RecoService.MlNet.csproj src/RecoService.MlNet/
COPY src/RecoService.Neural/RecoService.Neural.csproj src/RecoService.Neural/
COPY src/RecoService.Storage/RecoService.Storage.csproj src/RecoService.Storage/
RUN dotnet restore src/RecoService.Api --use-current-runtime -p:EnableMlNetRecommender=true

COPY presets/ presets/
COPY src/ src/
RUN dotnet publish src/RecoService.Api --no-restore --use-current-runtime --self-contained false \
      --configuration Release --output /app -p:EnableMlNetRecommender=true -p:UseAppHost=false


FROM mcr.microsoft.com/dotnet/aspnet:10.0
WORKDIR /app

# LightGBM, of the worker mlnet, is built with GNU's OpenMP.
RUN apt-get update && apt-get install --yes --no-install-recommends libgomp1 && rm -rf /var/lib/apt/lists/*

COPY --from=build /app ./

# The only place the service writes to, besides temporary files: the embedded store lives here when no other is configured.
RUN install --directory --mode=0750 --owner="$APP_UID" --group="$APP_UID" /data
VOLUME /data

ENV ASPNETCORE_ENVIRONMENT=Production \
    ASPNETCORE_HTTP_PORTS=8080 \
    Reco__Storage__ConnectionString="Data Source=/data/reco.db"
EXPOSE 8080
USER $APP_UID

# The image has no curl; the service asks itself.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["dotnet", "RecoService.Api.dll", "health", "--url", "http://127.0.0.1:8080/health/live"]
ENTRYPOINT ["dotnet", "RecoService.Api.dll"]
