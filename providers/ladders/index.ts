export { cacheFolder } from './cache-folder';
export {
  climb,
  StepUnavailable,
  type Attempt,
  type Climbed,
  type Ladder,
  type LadderReport,
  type Progress,
  type Step,
} from './climb';
export { dataFolder } from './data-folder';
export { dataSetLadder } from './data-set-ladder';
export { dataSets, type DataSet, type DataSetName } from './data-sets';
export { encoderLadder } from './encoder-ladder';
export { LadderError, type FailedStep } from './ladder-error';
export { languageModelLadder, type FoundEndpoint } from './language-model-ladder';
export { llamaLadder } from './llama-ladder';
export { modelFileLadder, modelFiles, modelsFolder, type ModelFile } from './model-file-ladder';
export { temporalLadder, type TemporalSource } from './temporal-ladder';
