import type { Host } from '../../ground/host.ts';
import { ENABLE_EXEC, ENABLE_REMOTE } from '../../read/kustomize/allowed.ts';
import { iamFormats } from '../../report/formats.ts';
import { withClusters } from '../cluster-sets.ts';
import type { Action, CommandLine, CommonOptions } from '../command.ts';
import { accountFlag, keyFlag, textFlag } from '../iam/flag-forms.ts';
import type { IamFlags } from '../iam/iam-flags.ts';
import { printPlans } from '../iam/print-plans.ts';
import { ENVIRONMENT, NAMESPACE, PATHS } from '../manifest-flags.ts';

type IamOptions = IamFlags & CommonOptions;

export const iamCommand: CommandLine<IamFlags> = {
  name: 'iam',
  description: 'print the roles and policies of AWS that External Secrets needs',
  examples: [
    ['iam -e prod', 'to read'],
    ['iam -e prod --account 123456789012 -o terraform', 'to apply'],
    ['iam deploy --cluster shop', 'for manifests of anybody'],
  ],
  define: (command, run) =>
    command
      .argument(...PATHS)
      .option(...ENVIRONMENT)
      .option(...NAMESPACE, '')
      .option('--account <number>', 'the AWS account; default: a variable', textFlag('account'))
      .option('--cluster <name>', 'the EKS cluster; default: a variable', textFlag('cluster'))
      .option(
        '--oidc-provider <provider>',
        'of the cluster, for IRSA; default: a variable',
        textFlag('oidcProvider'),
      )
      .addOption(
        command
          .createOption('--trust <way>', "how External Secrets' own account gets its role")
          .choices(['PodIdentity', 'IRSA']),
      )
      .option(
        '--service-account <namespace/name>',
        'the account that External Secrets runs under',
        accountFlag,
      )
      .option(
        '--kms-key <[store=]key>',
        "a customer's key that encrypts what a store holds",
        keyFlag,
      )
      .option(
        '--prefix <name>',
        'what the names of roles and policies begin with',
        textFlag('prefix'),
      )
      .option(...ENABLE_EXEC)
      .option(...ENABLE_REMOTE)
      .action((paths, flags) => run({ ...flags, paths })),
};

export const iam: Action<IamFlags> = { run: printIam, formats: iamFormats };

/** Prints the roles and policies that External Secrets needs: of the paths, or of every overlay. */
function printIam(options: IamOptions, host: Host): number {
  return withClusters(options, host, (clusters, read) => printPlans(clusters, options, host, read));
}
