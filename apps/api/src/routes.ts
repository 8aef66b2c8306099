import { getDoctor } from './admin/get-doctor.ts';
import { getPauses, pauseWork, resumeWork } from './admin/pauses.ts';
import { prune } from './admin/prune.ts';
import { reKey } from './admin/re-key.ts';
import { requeue } from './admin/requeue.ts';
import { drainWorker, listWorkers } from './admin/workers.ts';
import { createAlert } from './alerts/create-alert.ts';
import { deleteAlert } from './alerts/delete-alert.ts';
import { getAlert } from './alerts/get-alert.ts';
import { listAlerts } from './alerts/list-alerts.ts';
import { updateAlert } from './alerts/update-alert.ts';
import { fireAssistant, tellAssistant } from './assistants/call-assistant.ts';
import { createAssistant, createProjectAssistant } from './assistants/create-assistant.ts';
import { deleteAssistant } from './assistants/delete-assistant.ts';
import { getAssistant } from './assistants/get-assistant.ts';
import { listAssistantExecutions } from './assistants/list-assistant-executions.ts';
import { listAssistants, listProjectAssistants } from './assistants/list-assistants.ts';
import { listRevisions, restoreRevision } from './assistants/revisions.ts';
import { switchAssistant } from './assistants/switch-assistant.ts';
import { tryAssistant } from './assistants/try-assistant.ts';
import { updateAssistant } from './assistants/update-assistant.ts';
import { listAuditEntries } from './audit/list-audit-entries.ts';
import { abortBulkOperation } from './bulk/abort-bulk-operation.ts';
import { bulkExecutions } from './bulk/bulk-executions.ts';
import { getBulkOperation } from './bulk/get-bulk-operation.ts';
import { listBulkFailures } from './bulk/list-bulk-failures.ts';
import { listBulkOperations } from './bulk/list-bulk-operations.ts';
import { listEvents } from './events/list-events.ts';
import { postEvents } from './events/post-events.ts';
import { cancelExecution } from './executions/cancel-execution.ts';
import { createExecution } from './executions/create-execution.ts';
import { createStatusMessage } from './executions/create-status-message.ts';
import { deleteExecution } from './executions/delete-execution.ts';
import { getExecution } from './executions/get-execution.ts';
import { getStepOutput } from './executions/get-step-output.ts';
import { listAttempts } from './executions/list-attempts.ts';
import { listExecutions } from './executions/list-executions.ts';
import { listLogs } from './executions/list-logs.ts';
import { listRecentExecutions } from './executions/list-recent-executions.ts';
import { listSlices } from './executions/list-slices.ts';
import { listStatusMessages } from './executions/list-status-messages.ts';
import { restartExecution } from './executions/restart-execution.ts';
import { updateExecution } from './executions/update-execution.ts';
import { watchExecution } from './executions/watch-execution.ts';
import { watchExecutions } from './executions/watch-executions.ts';
import { getContent } from './families/get-content.ts';
import { getFamily, getStoreFamily } from './families/get-family.ts';
import { labelFamily } from './families/label-family.ts';
import { listFamilies } from './families/list-families.ts';
import { reprocessFamily, reprocessFamilyByBody, reprocessStoreFamily } from './families/reprocess-family.ts';
import { reprocessStore } from './families/reprocess-store.ts';
import type { Route } from './http/route.ts';
import { createKey } from './keys/create-key.ts';
import { getAccount } from './keys/get-account.ts';
import { listKeys } from './keys/list-keys.ts';
import { revokeKey } from './keys/revoke-key.ts';
import { createModule } from './modules/create-module.ts';
import { deleteModule } from './modules/delete-module.ts';
import { getModule } from './modules/get-module.ts';
import { getVersion } from './modules/get-version.ts';
import { listModules } from './modules/list-modules.ts';
import { listVersions } from './modules/list-versions.ts';
import { publishVersion } from './modules/publish-version.ts';
import { updateModule } from './modules/update-module.ts';
import { withdrawVersion } from './modules/withdraw-version.ts';
import { createOrganization } from './organizations/create-organization.ts';
import { listOrganizations } from './organizations/list-organizations.ts';
import { getOverview } from './overview/get-overview.ts';
import { createProject } from './projects/create-project.ts';
import { deleteProject } from './projects/delete-project.ts';
import { getProject } from './projects/get-project.ts';
import { listProjects } from './projects/list-projects.ts';
import { updateProject } from './projects/update-project.ts';
import { countExecutions } from './rollups/count-executions.ts';
import { listFailureGroups } from './rollups/list-failure-groups.ts';
import { listStepDurations } from './rollups/list-step-durations.ts';
import { rebuildRollups } from './rollups/rebuild-rollups.ts';
import { listRuntimes } from './runtimes/list-runtimes.ts';
import { deleteSecret } from './secrets/delete-secret.ts';
import { listSecrets } from './secrets/list-secrets.ts';
import { putSecret } from './secrets/put-secret.ts';
import { createStore } from './stores/create-store.ts';
import { listStores } from './stores/list-stores.ts';
import { uploadDocument } from './stores/upload-document.ts';
import { createWebhook } from './webhooks/create-webhook.ts';
import { deleteWebhook } from './webhooks/delete-webhook.ts';
import { getWebhook } from './webhooks/get-webhook.ts';
import { listDeliveries } from './webhooks/list-deliveries.ts';
import { listWebhooks } from './webhooks/list-webhooks.ts';
import { rotateSecret } from './webhooks/rotate-secret.ts';
import { sendAgain } from './webhooks/send-again.ts';
import { testWebhook } from './webhooks/test-webhook.ts';
import { updateWebhook } from './webhooks/update-webhook.ts';

/** Everything the API answers. The busiest comes first: Express looks through them in order. */
export const ROUTES: readonly Route[] = [
  ...[postEvents, listEvents],
  // Before those of one execution: `events` and `cancel` are no ids.
  ...[watchExecutions, ...bulkExecutions],
  ...[listExecutions, createExecution, watchExecution, getExecution, updateExecution, deleteExecution, cancelExecution],
  restartExecution,
  ...[listBulkOperations, getBulkOperation, listBulkFailures, abortBulkOperation],
  ...[getStepOutput, listLogs, listStatusMessages, createStatusMessage, listSlices, listAttempts, listRecentExecutions],
  ...[listFamilies, getFamily, getContent, reprocessFamily, reprocessFamilyByBody, ...labelFamily],
  ...[getStoreFamily, reprocessStoreFamily, reprocessStore],
  ...[listStores, createStore, uploadDocument],
  ...[listProjects, createProject, getProject, updateProject, deleteProject],
  ...[listProjectAssistants, createProjectAssistant, listAssistants, createAssistant],
  // Before those of one assistant: `dry-run` is no id.
  tryAssistant,
  ...[...getAssistant, ...updateAssistant, ...deleteAssistant, ...switchAssistant, ...listAssistantExecutions],
  ...[...fireAssistant, ...tellAssistant, ...listRevisions, ...restoreRevision],
  ...[listModules, createModule, ...getModule, ...updateModule, ...deleteModule],
  ...[publishVersion, listVersions, getVersion, withdrawVersion],
  ...[listSecrets, ...putSecret, ...deleteSecret],
  ...[listWebhooks, createWebhook, getWebhook, updateWebhook, deleteWebhook],
  ...[listDeliveries, sendAgain, testWebhook, rotateSecret],
  ...[listAlerts, createAlert, getAlert, updateAlert, deleteAlert],
  ...[listRuntimes, getOverview],
  ...[countExecutions, listFailureGroups, listStepDurations, rebuildRollups],
  ...[getDoctor, getPauses, pauseWork, resumeWork, listWorkers, drainWorker, requeue, prune, reKey],
  ...[listKeys, createKey, revokeKey, getAccount],
  ...[listOrganizations, createOrganization, listAuditEntries],
];
