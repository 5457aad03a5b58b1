import { z } from 'zod';
import { configurationHash } from '../../core/system/configuration';
import type { RunReport } from './run-report';

/** What `optimas export` writes, and an application reads with `loadTunedConfiguration`. */
export const exportedConfigurationSchema = z.object({
  schemaVersion: z.literal(1),
  kind: z.literal('optimas.configuration'),
  system: z.string(),
  runId: z.string(),
  seed: z.number().int(),
  /** `running` or `paused`: the best configuration so far, not tested yet. */
  status: z.string(),
  configurationHash: z.string(),
  configuration: z.record(z.string(), z.record(z.string(), z.json())),
});

export type ExportedConfiguration = z.infer<typeof exportedConfigurationSchema>;

export function exportedConfiguration(report: RunReport): ExportedConfiguration {
  return {
    schemaVersion: 1,
    kind: 'optimas.configuration',
    system: report.system,
    runId: report.runId,
    seed: report.seed,
    status: report.status,
    configurationHash: configurationHash(report.incumbent),
    configuration: report.incumbent as ExportedConfiguration['configuration'],
  };
}
