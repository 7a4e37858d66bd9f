import type { KubeObject } from '../../../ground/kube-object.ts';
import { CNPG } from '../../../kinds/cnpg/group.ts';
import type { ArgocdModel } from '../../model/argocd.ts';

/**
 * Health checks that Argo CD does not have built in, or has otherwise, by group and kind: in Lua, of
 * which Argo CD opens no string library. Fields of status: api/v1 of cloudnative-pg 1.30.0.
 */
const CHECKS: Readonly<Record<string, string>> = {
  /* A failed sync that is retried is not the end: the root would give up on it. */
  'argoproj.io_Application': `
local hs = { status = "Progressing", message = "not looked at yet" }
if obj.status == nil then return hs end
local health = obj.status.health
if health ~= nil and health.status ~= nil then
  hs.status = health.status
  hs.message = health.message
end
local operation = obj.status.operationState
if hs.status == "Degraded" and operation ~= nil and operation.phase == "Running" then
  hs.status = "Progressing"
  hs.message = operation.message
end
return hs
`,
  /*
   * As Argo CD's own, but for a Secret that was made once and is immutable: beside it ESO, when it
   * looks again, says that it cannot change it, and is never ready. It is as it was made.
   */
  'external-secrets.io_ExternalSecret': `
local spec, status = obj.spec, obj.status or {}
for _, condition in ipairs(status.conditions or {}) do
  local isOld = spec.refreshPolicy == "OnChange"
    and (condition.lastTransitionTime or "") < (status.refreshTime or "")
  local isMade = spec.refreshPolicy == "CreatedOnce" and spec.target.immutable
    and condition.message == "could not update secret, target is immutable"
  if condition.type == "Ready" and not isOld then
    if condition.status == "True" then return { status = "Healthy", message = condition.message } end
    if isMade then return { status = "Healthy", message = "made once, and immutable" } end
    if condition.status == "False" then return { status = "Degraded", message = condition.message } end
  end
end
return { status = "Progressing", message = "waiting for the Secret" }
`,
  /* CNPG sets observedGeneration only when it has applied that generation. */
  [`${CNPG}_Database`]: `
local status = obj.status or {}
if status.applied == false then
  return { status = "Degraded", message = status.message }
end
if status.applied and status.observedGeneration == obj.metadata.generation then
  return { status = "Healthy" }
end
return { status = "Progressing", message = status.message or "waiting for the database" }
`,
  /* Suspended would hold up the waves that follow, for what somebody wants so. */
  [`${CNPG}_ScheduledBackup`]: `
local status = obj.status or {}
if status.error ~= nil and status.error ~= "" then
  return { status = "Degraded", message = status.error }
end
if obj.spec.suspend then
  return { status = "Healthy", message = "suspended" }
end
if status.lastCheckTime ~= nil then
  return { status = "Healthy" }
end
return { status = "Progressing", message = "not scheduled yet" }
`,
};

/** What Argo CD's own settings need: a patch of its argocd-cm. */
export function healthChecks({ namespace }: ArgocdModel): KubeObject {
  const data = Object.entries(CHECKS).map(([kind, script]) => [
    `resource.customizations.health.${kind}`,
    script.trimStart(),
  ]);
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: 'argocd-cm',
      namespace,
      labels: { 'app.kubernetes.io/part-of': 'argocd' },
    },
    data: Object.fromEntries(data),
  };
}
