import { andThen } from '../../ground/finding.ts';
import type { Host } from '../../ground/host.ts';
import { renderYaml } from '../../make/objects/render-yaml.ts';
import { expandTarget, type Target } from '../../make/pipeline.ts';
import { type CommonOptions, exit, withSpec } from '../read-spec.ts';

export interface RenderOptions extends CommonOptions {
  readonly environment?: string;
  readonly output: 'yaml' | 'json';
}

/** Prints the objects of one environment as YAML documents, or as one Kubernetes List in JSON. */
export function render(options: RenderOptions, host: Host): number {
  return withSpec(options, host, ({ spec }) =>
    andThen(expandTarget(spec, options.environment, host.validators), target => {
      const objects = target.objects.map(({ object }) => object);
      const list = { apiVersion: 'v1', kind: 'List', items: objects };
      host.stdout(
        options.output === 'json' ? `${JSON.stringify(list, undefined, 2)}\n` : renderYaml(objects),
      );
      if (target.components.length > 0) host.stderr(componentsNote(target));
      return exit('ok');
    }),
  );
}

function componentsNote({ name, components }: Target): string {
  return `${components.join(', ')}: kustomize adds what components do (kustomize build overlays/${name})\n`;
}
