/** A file of a data set, as its makers publish it. */
export interface DataFile {
  readonly name: string;
  readonly sha256: string;
  readonly officialUrl: string;
  /** The same file, byte for byte, where others keep it. */
  readonly copyUrl?: string;
  /** Not needed where all of these are: the systems prefer them. */
  readonly replacedBy: readonly string[];
}

export interface DataSet {
  readonly title: string;
  /** Where a person finds it. */
  readonly page: string;
  /** Terms to show when it is fetched. */
  readonly terms: string;
  readonly files: readonly DataFile[];
}

const hotpotServer = 'http://curtis.ml.cmu.edu/datasets/hotpot';
const hub = 'https://huggingface.co/datasets';
const hotpotTrainCopy = `${hub}/namlh2004/hotpotqa/resolve/7e54db4656209750ff487f6fdf8e39a66dba136b`;
const hotpotDevCopy = `${hub}/RAGLAB/data/resolve/c33b09b7fa5099b89830e84f9bdff78329268d9b/eval_datasets/HotPotQA`;
/** The newest commit; the files have been the same in all of them. */
const pubmedqaFolder =
  'https://raw.githubusercontent.com/pubmedqa/pubmedqa/1cbae8e92f72f20c8d3747cbb3bf5bc53554d997/data';
const pubmedqaHalves = ['pubmedqa_train.jsonl', 'pubmedqa_test.jsonl'];

/** The data sets of the benchmark systems. */
export const dataSets = {
  hotpotqa: {
    title: 'HotpotQA',
    page: 'https://hotpotqa.github.io',
    terms: 'HotpotQA is distributed under CC BY-SA 4.0 (creativecommons.org/licenses/by-sa/4.0)',
    files: [
      {
        name: 'hotpot_train_v1.1.json',
        sha256: '26650cf50234ef5fb2e664ed70bbecdfd87815e6bffc257e068efea5cf7cd316',
        officialUrl: `${hotpotServer}/hotpot_train_v1.1.json`,
        copyUrl: `${hotpotTrainCopy}/hotpot_train_v1.json`,
        replacedBy: ['hotpotqa_train.jsonl'],
      },
      {
        name: 'hotpot_dev_distractor_v1.json',
        sha256: '4e9ecb5c8d3b719f624d66b60f8d56bf227f03914f5f0753d6fa1b359d7104ea',
        officialUrl: `${hotpotServer}/hotpot_dev_distractor_v1.json`,
        copyUrl: `${hotpotDevCopy}/hotpot_dev_distractor_v1.json`,
        replacedBy: ['hotpotqa_dev.jsonl'],
      },
    ],
  },
  pubmedqa: {
    title: 'PubMedQA',
    page: 'https://github.com/pubmedqa/pubmedqa (folder data)',
    terms: 'PubMedQA is distributed under the MIT License (github.com/pubmedqa/pubmedqa/blob/master/LICENSE)',
    files: [
      {
        name: 'ori_pqal.json',
        sha256: '8b3276be8942ebbd77f3ddcda12c1749bf0e490045a736fd8438ee40cf37a41d',
        officialUrl: `${pubmedqaFolder}/ori_pqal.json`,
        replacedBy: pubmedqaHalves,
      },
      {
        name: 'test_ground_truth.json',
        sha256: '939fe566f09017d13b1ca64d2ddfee0bc2374b366048152997669cccedc44d51',
        officialUrl: `${pubmedqaFolder}/test_ground_truth.json`,
        replacedBy: pubmedqaHalves,
      },
    ],
  },
} satisfies Record<string, DataSet>;

export type DataSetName = keyof typeof dataSets;
