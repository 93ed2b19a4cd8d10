/** How it is called. Takes the name that it was called by. */
export function usage(program: string): string {
  return `Holds until jobs are complete, pods are ready, or the pods behind a service are ready.
This is sluice, which takes the place of k8s-wait-for under this name.

Usage:
  ${program} job      NAME... | -l SELECTOR    every job is complete
  ${program} job-we   NAME... | -l SELECTOR    every job is complete, or has failed for good
  ${program} job-wr   NAME... | -l SELECTOR    the same, and at least one is complete
  ${program} pod      NAME... | -l SELECTOR    every pod is ready, or has succeeded
  ${program} pod-we   NAME... | -l SELECTOR    every pod is ready, or has ended
  ${program} pod-wr   NAME... | -l SELECTOR    the same, and at least one is ready or has succeeded
  ${program} service  NAME... | -l SELECTOR    every pod behind the service is ready

What follows: -n NAMESPACE, --context NAME, --kubeconfig PATH.

Environment:
  WAIT_TIME              seconds between two waiting lines (2); at least 1
  DEBUG                  1 says more on standard error
  TREAT_ERRORS_AS_READY  0, 1 or 2: as no suffix, -we, -wr
  KUBECONFIG             where the API server is, outside of a pod

Examples:
  ${program} job app-migrate
  ${program} job-wr -lapp=app -n shop
  ${program} pod "-lrelease in (app), tier notin (batch)"

`;
}
