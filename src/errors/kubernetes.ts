import type { ErrorEntry } from "../errors.ts";

/** SL70xx: where the Kubernetes API is, and who we are there. */
export const kubernetesErrors = {
  SL7001: {
    exit: 2,
    title: "No Kubernetes API server is configured",
    message: "nothing says where the Kubernetes API server is",
    hint: "Run it in a pod, or name a kubeconfig with KUBECONFIG or --kubeconfig. A gate that asks the database (`sluice wait schema`) needs no API server.",
    page: `Sluice looks where kubectl looks: at the file of \`--kubeconfig\`, else at the files in \`KUBECONFIG\`, else at
\`~/.kube/config\`; and where these say nothing, at the pod's own account (\`KUBERNETES_SERVICE_HOST\`,
\`KUBERNETES_SERVICE_PORT\` and the token mounted below \`/var/run/secrets/kubernetes.io/serviceaccount\`). The error lists
what of this was there.`,
  },
  SL7002: {
    exit: 2,
    title: "A kubeconfig that cannot be read",
    message: "the kubeconfig {file} cannot be read: {reason}",
    hint: "Check the path, and who may read the file.",
    page: "A file that `--kubeconfig` names must be there. Of those in `KUBECONFIG` the missing ones are passed over with a warning, as kubectl does; one that is there must be readable.",
  },
  SL7003: {
    exit: 2,
    title: "A kubeconfig that is not understood",
    message: "the kubeconfig is not understood: {reason}",
    hint: "Correct it there; `kubectl config view` shows what kubectl makes of it.",
    page: "A kubeconfig is one YAML (or JSON) document with the lists `clusters`, `users` and `contexts`, whose entries have names that are used once in that file, and with `current-context`.",
  },
  SL7004: {
    exit: 2,
    title: "A context, cluster or user that is not there",
    message: "there is no {kind} {name} in the kubeconfig",
    hint: "Use one of those that are there, with --context NAME or `kubectl config use-context NAME`.",
    page: "A context names a cluster and a user by their names; each may stand in another file of `KUBECONFIG`. Where two files have an entry of the same name, the first file's entry counts as a whole.",
  },
  SL7005: {
    exit: 2,
    title: "A file with credentials that cannot be used",
    message: "{key}: {file}: {reason}",
    hint: "Check the path (a relative one counts from the kubeconfig's folder), and who may read the file. Inside a container the files must be mounted too.",
    page: "The configuration names a file with a certificate, a key or a token that cannot be read, is empty, torn or damaged, or holds something else; or a client certificate and a key that do not belong together. A `-data` key holds the same in base64, and takes precedence over the file.",
  },
  SL7006: {
    exit: 2,
    title: "The credential plugin is not there",
    message: "the credential plugin {command} cannot be started: {reason}",
    hint: "Install it where Sluice runs, or use a kubeconfig with a token or a client certificate.",
    page: `The user entry of the kubeconfig gets its credentials from another program (\`users[].user.exec\`): \`aws\`,
\`gke-gcloud-auth-plugin\`, \`kubelogin\` and the like. It has to be installed beside Sluice: on a laptop mostly is, in an image
mostly is not. Inside a pod no kubeconfig is needed at all: the pod's own account is used. A command with a slash counts
from the kubeconfig's folder, one without is looked up by PATH.`,
  },
  SL7007: {
    exit: 69,
    title: "The credential plugin failed",
    message: "the credential plugin {command} failed: {reason}",
    hint: "Run it by hand; most need a login now and then (`aws sso login`, `gcloud auth login`).",
    page: "The program that gives the credentials was started and did not give any. What it said is below the message. It is run without a terminal, so it cannot ask for anything. A gate that waits tries again.",
  },
  SL7008: {
    exit: 2,
    title: "The credential plugin's answer cannot be used",
    message: "the answer of the credential plugin {command} cannot be used: {reason}",
    hint: "Set the apiVersion of `users[].user.exec` to the one that the plugin speaks, or update the plugin.",
    page: "A plugin answers with an ExecCredential of the apiVersion that the kubeconfig asks for (`client.authentication.k8s.io/v1` or `v1beta1`), with a token, or a client certificate and its key. The answer itself is never printed, since it holds secrets.",
  },
  SL7009: {
    exit: 2,
    title: "A kind of login that Kubernetes has removed",
    message: "the user {user} logs in with the auth-provider {provider}, which kubectl no longer knows",
    hint: "Get a kubeconfig from a current version of your provider's tool: it uses a credential plugin (`exec`) instead.",
    page: "`auth-provider` was the way to log in before credential plugins; kubectl has removed those of Azure and Google in 1.26. `gcloud container clusters get-credentials` (with `gke-gcloud-auth-plugin`), `az aks get-credentials` followed by `kubelogin convert-kubeconfig`, and `kubectl oidc-login setup` write what is used today.",
  },
  SL7010: {
    exit: 2,
    title: "A setting of the API server's configuration that cannot be used",
    message: "{key}: {reason}",
    hint: "Correct it where it is set.",
    page: "A value in the kubeconfig or in the environment (a server's address, a proxy, data in base64) is not what it should be. The value itself is not repeated where it may hold a secret.",
  },
  SL7011: {
    exit: 2,
    title: "The pod has no token for the API",
    message: "this pod has no usable account for the Kubernetes API: {reason}",
    hint: "Set `automountServiceAccountToken: true` in the pod's spec (and not `false` in its ServiceAccount), or wait for `schema` instead, which needs no API.",
    page: `The variables of the cluster are set, so this runs in a pod, but the token is not mounted: the pod or its
ServiceAccount says \`automountServiceAccountToken: false\`, or the container mounts something else over
\`/var/run/secrets\`. A gate on Kubernetes objects needs the token, and a Role that lets its ServiceAccount list and
watch what it waits for.`,
  },
  SL7012: {
    exit: 2,
    title: "No namespace can have that name",
    message: "no namespace can have the name {namespace}",
    hint: "Use lower-case letters, digits and hyphens, at most 63. It comes from -n, from SLUICE_NAMESPACE, or from the context of the kubeconfig.",
    page: "The name of a namespace is a DNS label (RFC 1123). In one that cannot exist nothing will ever be, so a gate ends at once instead of waiting for ever.",
  },
} as const satisfies Record<string, ErrorEntry>;
