import type { RandomStream } from '../random/stream';
import type { ComponentConfiguration } from '../system/configuration';
import type { Json } from '../system/json';
import type { ModelClients } from '../system/run-context';
import type { Variable, Variables } from '../system/variable';
import type { TracedCall } from './component-optimizer';

/** The kinds of variable that an optimizer may be for: what `prompt`, `oneOf`, `range`, `integer` and `model` make. */
export const optimizerKinds = ['prompt', 'oneOf', 'range', 'integer', 'model'] as const satisfies Variable['type'][];
export type OptimizerKind = (typeof optimizerKinds)[number];

/** Settings of the component that an earlier iteration tried. */
export interface EarlierTry {
  iteration: number;
  settings: ComponentConfiguration;
  /** The incumbent's settings then, which it was compared with. */
  over: ComponentConfiguration;
  /** Mean gain over them on training inputs, in score; null: it was not judged, or was accepted with changes of other components. */
  gain: number | null;
  /** It became the incumbent. */
  accepted: boolean;
}

/** What a user's own optimizer works from: copies, of training examples only. Of validation it learns what was accepted. */
export interface ProposeContext {
  component: {
    name: string;
    description: string;
    inputFields: readonly string[];
    outputFields: readonly string[];
  };
  /** All variables of the component, as they were declared. */
  variables: Variables;
  /** The settings to improve on. */
  incumbent: ComponentConfiguration;
  /** Calls of the component under the incumbent, with what the whole system scored and the metric's feedback; none for inputs that are also held out. */
  calls: readonly TracedCall[];
  /** Of the component's newest 40 iterations, oldest first. */
  tries: readonly EarlierTry[];
  /** How many proposals will be tried; further ones are spares. Best first. */
  count: number;
  /** The only source of chance that a repeated run repeats. */
  random: RandomStream;
  /** Models of the config's endpoints, on the account and the memo of the run. */
  models: ModelClients;
  /** Aborts when the attempt ends. */
  signal: AbortSignal;
}

/** New values of some variables; the others stay as they are. */
export type ProposedSettings = Readonly<Record<string, Json>>;

/** A user's own way of proposing settings for some kinds of variable. It runs beside the product's own. */
export interface Optimizer {
  /** Unique; what the plan's `optimizers` names and what records credit. Letters, digits, `_` and `-`. */
  name: string;
  /** It is asked for components that have a variable of one of these kinds with more than one value, and may change those only. */
  kinds: readonly OptimizerKind[];
  /** Overrides the version, which is otherwise a hash of its code: of the text of `propose`, and of the config's module graph. */
  version?: string;
  propose(context: ProposeContext): Promise<readonly ProposedSettings[]> | readonly ProposedSettings[];
}
