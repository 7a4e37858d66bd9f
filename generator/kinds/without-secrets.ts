import { ARGOCD } from './argocd/application.ts';
import { CNPG, served } from './cnpg/group.ts';
import { type Kind, kindsOf } from './kind.ts';
import { VELERO } from './velero.ts';

/** Kinds that make and read no Secrets (k8s.io/api 0.36, APILifecycleRemoved), as unknown kinds may do anything: by group, version (none: gone) and first release, with the marks of `kindsOf`. */
const OTHERS: readonly (readonly [group: string, version: string, since: string, kinds: string])[] =
  [
    ['admissionregistration.k8s.io', 'v1', 'Kubernetes 1.34', '*ValidatingAdmissionPolicy'],
    ['admissionregistration.k8s.io', 'v1', 'Kubernetes 1.34', '*ValidatingAdmissionPolicyBinding'],
    [CNPG, 'v1', served.since, 'ImageCatalog *ClusterImageCatalog'],
    ['apiregistration.k8s.io', 'v1', 'Kubernetes 1.22', '*APIService>'],
    ['policy', 'v1', 'Kubernetes 1.25', '!PodDisruptionBudget'],
    ['policy', '', 'Kubernetes 1.25', '*PodSecurityPolicy'],
    ['certificates.k8s.io', 'v1', 'Kubernetes 1.22', '*CertificateSigningRequest'],
    ['coordination.k8s.io', 'v1', 'Kubernetes 1.22', 'Lease'],
    ['discovery.k8s.io', 'v1', 'Kubernetes 1.25', 'EndpointSlice'],
    ['flowcontrol.apiserver.k8s.io', 'v1', 'Kubernetes 1.32', '*FlowSchema'],
    ['flowcontrol.apiserver.k8s.io', 'v1', 'Kubernetes 1.32', '*PriorityLevelConfiguration'],
    ['networking.k8s.io', 'v1', 'Kubernetes 1.22', '*IngressClass'],
    ['node.k8s.io', 'v1', 'Kubernetes 1.25', '*RuntimeClass'],
    ['storage.k8s.io', 'v1', 'Kubernetes 1.22', '*CSIDriver *CSINode *VolumeAttachment'],
    ['storage.k8s.io', 'v1', 'Kubernetes 1.27', 'CSIStorageCapacity'],
  ];

/** The same, without their versions. */
const UNVERSIONED: Readonly<Record<string, string>> = {
  '': 'Endpoints Event LimitRange ResourceQuota *Node PodTemplate',
  [ARGOCD]:
    'AnalysisRun AnalysisTemplate *ClusterAnalysisTemplate Experiment NotificationsConfiguration',
  'autoscaling.k8s.io': 'VerticalPodAutoscaler',
  'cert-manager.io': 'CertificateRequest',
  'gateway.networking.k8s.io': '*GatewayClass GRPCRoute> HTTPRoute> TCPRoute> TLSRoute> UDPRoute>',
  'kustomize.config.k8s.io': 'Component',
  'metrics.k8s.io': 'PodMetrics',
  'opentelemetry.io': 'Instrumentation OpAMPBridge TargetAllocator',
  'snapshot.storage.k8s.io': 'VolumeSnapshot *VolumeSnapshotContent',
  'acme.cert-manager.io': 'Challenge Order',
  'cilium.io':
    '*CiliumBGPAdvertisement *CiliumBGPClusterConfig *CiliumBGPNodeConfigOverride *CiliumCIDRGroup *CiliumClusterwideNetworkPolicy *CiliumEgressGatewayPolicy *CiliumL2AnnouncementPolicy *CiliumLoadBalancerIPPool CiliumLocalRedirectPolicy CiliumNetworkPolicy',
  'elbv2.k8s.aws': '*IngressClassParams TargetGroupBinding',
  'externaldns.k8s.io': 'DNSEndpoint',
  'gateway.envoyproxy.io': 'BackendTrafficPolicy EnvoyPatchPolicy',
  'image.toolkit.fluxcd.io': 'ImagePolicy ImageUpdateAutomation',
  'k8s.cni.cncf.io': 'NetworkAttachmentDefinition',
  'kafka.strimzi.io': 'KafkaConnector KafkaRebalance',
  'karpenter.k8s.aws': '*EC2NodeClass',
  'karpenter.sh': '*NodeClaim *NodePool',
  'metallb.io': 'BFDProfile BGPAdvertisement Community IPAddressPool L2Advertisement',
  'networking.istio.io':
    'EnvoyFilter> ServiceEntry Sidecar VirtualService> WorkloadEntry WorkloadGroup',
  'nfd.k8s-sigs.io': 'NodeFeature *NodeFeatureRule',
  'resource.k8s.io': '*DeviceClass ResourceClaim ResourceClaimTemplate *ResourceSlice',
  'security.istio.io': 'AuthorizationPolicy PeerAuthentication RequestAuthentication',
  'telemetry.istio.io': 'Telemetry',
  [VELERO]: 'Backup DeleteBackupRequest Restore',
  'vpcresources.k8s.aws': 'SecurityGroupPolicy',
  'crd.projectcalico.org':
    '*GlobalNetworkPolicy *GlobalNetworkSet *IPPool NetworkPolicy NetworkSet',
  'k8s.ovn.org': 'EgressFirewall *EgressIP EgressQoS EgressService',
  'kueue.x-k8s.io': '*ClusterQueue *Cohort LocalQueue *ResourceFlavor *Topology',
  'longhorn.io': 'Setting Volume',
  'nmstate.io': '*NMState *NodeNetworkConfigurationPolicy',
  'policy.networking.k8s.io': '*AdminNetworkPolicy *BaselineAdminNetworkPolicy',
  'projectcalico.org': '*GlobalNetworkPolicy *GlobalNetworkSet *IPPool NetworkPolicy NetworkSet',
  'templates.gatekeeper.sh': '*ConstraintTemplate',
  'tekton.dev': 'Pipeline Task',
  // OpenShift (openshift/api, one folder a group), and the lifecycle manager of its operators.
  'config.openshift.io':
    '*Build *ClusterImagePolicy *ClusterOperator *ClusterVersion *Console *DNS *FeatureGate *Image *ImageContentPolicy *ImageDigestMirrorSet *ImageTagMirrorSet *Infrastructure *Network *Node *OperatorHub *Project *Proxy *Scheduler',
  'console.openshift.io':
    '*ConsoleCLIDownload *ConsoleExternalLogLink *ConsoleLink *ConsoleNotification *ConsolePlugin *ConsoleQuickStart *ConsoleSample *ConsoleYAMLSample',
  'image.openshift.io': 'ImageStream',
  'imageregistry.operator.openshift.io': '*Config *ImagePruner',
  'machineconfiguration.openshift.io':
    '*ContainerRuntimeConfig *KubeletConfig *MachineConfig *MachineConfigPool',
  'oauth.openshift.io': '*OAuthClient',
  'operator.openshift.io':
    '*Authentication *CSISnapshotController *ClusterCSIDriver *Console *DNS *Etcd *ImageContentSourcePolicy *KubeAPIServer *KubeControllerManager *KubeScheduler *Network *OpenShiftAPIServer *ServiceCA *Storage',
  'operators.coreos.com': 'CatalogSource InstallPlan *OLMConfig *Operator OperatorGroup',
  'project.openshift.io': '*Project *ProjectRequest',
  'quota.openshift.io': '*ClusterResourceQuota',
  'security.openshift.io': '*SecurityContextConstraints',
  'user.openshift.io': '*Group *Identity *User *UserIdentityMapping',
};

export const withoutSecrets: readonly Kind[] = [
  ...OTHERS.flatMap(([group, version, since, names]) =>
    kindsOf(group, names, { served: { versions: version === '' ? [] : [version], since } }),
  ),
  ...Object.entries(UNVERSIONED).flatMap(([group, names]) => kindsOf(group, names)),
];
