#!/bin/sh
# Only the cluster reaches the database: CI applies the Job, shows its log, and deploys when it is Complete. Ends with the
# migration's own error where it fails. Needs sluice, helm, kubectl and a kubeconfig; no account of the database.
set -eu
tag=${1:?usage: job-then-deploy.sh TAG [HELM-OPTION...]}
shift
namespace=${NAMESPACE:-test-app}
chart=${CHART:-examples/test-app/chart}
manifest=$(mktemp)
trap 'rm -f "$manifest"' EXIT

# migrate PHASE [HELM-OPTION...]: the same release again is the same Job, which has ended already.
migrate() {
  phase=$1
  shift
  helm template test-app "$chart" --namespace "$namespace" --values "$chart/values-pipeline.yaml" \
    --set-string global.image.tag="$tag" "$@" --set global.sluice.pipeline.job=true --set global.sluice.phase="$phase" \
    --show-only charts/test-app-cli/templates/migrate.yaml > "$manifest"
  kubectl apply --namespace "$namespace" --filename "$manifest"
  job=$(kubectl get --namespace "$namespace" --filename "$manifest" --output name | sed -n 's|^job.batch/||p')
  sluice wait "job/$job" --namespace "$namespace" --logs --fail-fast
}

migrate expand "$@"

helm upgrade --install test-app "$chart" --namespace "$namespace" --values "$chart/values-pipeline.yaml" \
  --set-string global.image.tag="$tag" "$@"

# Until no pod of the old release is left: these would not bear what comes next.
sluice wait deployment/test-app-api deployment/test-app-service --namespace "$namespace" --fail-fast --timeout 15m
migrate contract "$@"
