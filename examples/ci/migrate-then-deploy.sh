#!/bin/sh
# CI reaches the database: it migrates, and deploys only then. Ends with the migration's own error where it fails.
# Needs sluice, helm, a kubeconfig, SLUICE_URL (the account that may change the schema), and the release's migration files.
set -eu
tag=${1:?usage: migrate-then-deploy.sh TAG [HELM-OPTION...]}
shift
namespace=${NAMESPACE:-test-app}
chart=${CHART:-examples/test-app/chart}
migrations=${MIGRATIONS:-migrations}

sluice migrate --phase expand --dir "$migrations" --grant blog_app --wait 60s --deadline 1h

helm upgrade --install test-app "$chart" --namespace "$namespace" --values "$chart/values-pipeline.yaml" \
  --set-string global.image.tag="$tag" "$@"

# Until no pod of the old release is left: these would not bear what comes next.
sluice wait deployment/test-app-api deployment/test-app-service --namespace "$namespace" --fail-fast --timeout 15m
sluice migrate --phase contract --dir "$migrations" --wait 60s --deadline 1h
