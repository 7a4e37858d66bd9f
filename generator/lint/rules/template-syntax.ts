import { nearest } from '../../core/names.ts';
import { TEMPLATE_FUNCTIONS, type TemplateFault } from '../../core/template/parse.ts';
import { templateReads } from '../../core/template/reads.ts';
import { type SecretTemplate, templateField, templates } from '../../graph/keys.ts';
import { error, type FaultText, type Rule } from '../rule.ts';

export const templateSyntax: Rule = error('template-syntax', templates, template => {
  const fault = faultOf(template);
  return fault && { ...templateField(template), ...fault };
});

function faultOf({ parsed, text }: SecretTemplate): FaultText | undefined {
  const { fault, nodes } = parsed;
  if (fault !== undefined && FILLED_IN.test(text)) return undefined;
  if (fault?.dashed !== undefined)
    return {
      message: `a template cannot read "${fault.dashed}" after a dot: the dash ends the name`,
      hint: `Write {{ index . "${fault.dashed}" }}.`,
    };
  if (fault !== undefined)
    return { message: `the template cannot be read: ${fault.message}`, hint: hintFor(fault) };
  const { refusedBy, unread } = templateReads(nodes);
  if (unread !== undefined)
    return {
      message: `the template reads ".${unread}" of what is before the pipe, which Go refuses when it runs`,
      hint: `Put what is parsed in parentheses: {{ (.key | fromJson).${unread} }}.`,
    };
  if (refusedBy === undefined) return undefined;
  return {
    message: `the function "${refusedBy}" does not take the fetched keys`,
    hint: 'Write {{ index . "key" }}, which gives an empty text when there is none.',
  };
}

/** An action with a variable: Flux fills it in before ESO reads the template. */
const FILLED_IN = /\{\{[^{}]{0,999}\$\{/;

/** Functions that people know from Helm or elsewhere, and what ESO has instead. */
const INSTEAD: Readonly<Record<string, string>> = {
  include: 'It is one of Helm: render the chart first.',
  tpl: 'It is one of Helm: render the chart first.',
  required: 'It is one of Helm, and a key after a dot has to be there anyway.',
  lookup: 'It is one of Helm: fetch the key with data instead.',
  env: 'ESO takes it away: fetch the key with data instead.',
  base64: 'Write b64enc or b64dec.',
  base64encode: 'Write b64enc.',
  base64decode: 'Write b64dec.',
  urlencode: 'Write urlquery | replace "+" "%20".',
  urlescape: 'Write urlquery | replace "+" "%20".',
};

function hintFor({ unknownFunction: name }: TemplateFault): string {
  if (name === undefined)
    return 'Go wants {{ .key }}, {{ index . "a-key" }}, and an end for each if, with and range.';
  const plain = name.toLowerCase().replaceAll('_', '');
  const instead = Object.hasOwn(INSTEAD, plain) ? INSTEAD[plain] : undefined;
  if (instead !== undefined) return instead;
  const meant = nearest(name, TEMPLATE_FUNCTIONS);
  const question = meant === undefined ? '' : ` Did you mean "${meant}"?`;
  return `There are the functions of Go, of sprig and of ESO.${question}`;
}
