import { largestDeviation, type Standardisation } from '../../core/reward/standardisation';
import { headForward, headParameters, type HeadParameters, type HeadShape } from './head';
import { OnnxGraph, type OnnxProtobuf } from './onnx-graph';

/** What an artefact carries. */
export interface HeadArtefact {
  head: HeadShape;
  parameters: HeadParameters;
  standardisation: Standardisation;
}

/** The artefact: a standard ONNX model, raw `features [n, d]` -> `reward [n]`, standardisation included. */
export function scoringGraph(protobuf: OnnxProtobuf, artefact: HeadArtefact): Uint8Array {
  const { head, parameters, standardisation } = artefact;
  const dimension = standardisation.mean.length;
  const graph = new OnnxGraph(protobuf);
  graph.initializer({ name: 'feature_mean', shape: [dimension], data: standardisation.mean });
  graph.initializer({ name: 'feature_scale', shape: [dimension], data: standardisation.scale });
  for (const { name, shape } of headParameters(head, dimension)) {
    graph.initializer({ name, shape, data: parameters[name] as Float32Array });
  }
  const centred = graph.node('Sub', ['features', 'feature_mean']);
  const scaled = graph.node('Mul', [centred, 'feature_scale']);
  const limits = [graph.constant(-largestDeviation), graph.constant(largestDeviation)];
  const { reward } = headForward(graph, head, graph.node('Clip', [scaled, ...limits]));
  graph.node('Squeeze', [reward, graph.integers('last_axis', [1])], {}, 'reward');
  return graph.bytes('reward', [{ name: 'features', shape: ['n', dimension] }], [{ name: 'reward', shape: ['n'] }]);
}

/** Standardised `features [n, d]` and parameters -> `reward [n, 1]`: for looking at held-out pairs between steps. */
export function forwardGraph(protobuf: OnnxProtobuf, head: HeadShape, dimension: number): Uint8Array {
  const graph = new OnnxGraph(protobuf);
  const { reward } = headForward(graph, head, 'features');
  graph.node('Identity', [reward], {}, 'reward');
  return graph.bytes(
    'forward',
    [{ name: 'features', shape: ['n', dimension] }, ...headParameters(head, dimension)],
    [{ name: 'reward', shape: ['n', 1] }],
  );
}
