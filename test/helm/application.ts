/** An Application whose source is the chart of the folder `chart`. */
export const APPLICATION = `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: app, namespace: argocd }
spec:
  project: default
  source: { repoURL: https://git.example.org/fleet.git, targetRevision: main, path: chart }
  destination: { name: in-cluster, namespace: app }
`;
