/** The name of an object of Kubernetes for something that has one in AWS. */
export function kubernetesName(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
}
