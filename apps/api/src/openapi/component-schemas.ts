import { connectionSchema } from '@gantry/contracts/assistant-definition';
import { contentObjectSchema } from '@gantry/contracts/document-snapshot';
import { alertInputSchema, alertSchema, alertUpdateSchema } from '@gantry/contracts/http/alert';
import { accountSchema, apiKeyInputSchema, apiKeySchema, createdApiKeySchema } from '@gantry/contracts/http/api-key';
import {
  assistantInputSchema,
  assistantRevisionSchema,
  assistantSchema,
  assistantUpdateSchema,
} from '@gantry/contracts/http/assistant';
import { assistantEventSchema } from '@gantry/contracts/http/assistant-event';
import {
  assistantTrialInputSchema,
  assistantTrialSchema,
  trialTermSchema,
} from '@gantry/contracts/http/assistant-trial';
import { auditEntrySchema } from '@gantry/contracts/http/audit-entry';
import {
  bulkFailureSchema,
  bulkOperationSchema,
  bulkReprocessSchema,
  bulkRequestSchema,
  bulkRestartSchema,
} from '@gantry/contracts/http/bulk-operation';
import { cloudEventSchema } from '@gantry/contracts/http/cloud-event';
import { documentFamilySchema } from '@gantry/contracts/http/document-family';
import { eventAnswerSchema, eventInputSchema, eventSchema } from '@gantry/contracts/http/event';
import {
  executionInputSchema,
  executionSchema,
  executionUpdateSchema,
  stepSchema,
} from '@gantry/contracts/http/execution';
import { executionChangeSchema } from '@gantry/contracts/http/execution-change';
import { executionLogSchema } from '@gantry/contracts/http/execution-log';
import { executionSliceSchema } from '@gantry/contracts/http/execution-slice';
import { failureGroupSchema } from '@gantry/contracts/http/failure-group';
import {
  moduleInputSchema,
  moduleSchema,
  moduleUpdateSchema,
  moduleVersionSchema,
} from '@gantry/contracts/http/module';
import {
  createdOrganizationSchema,
  organizationInputSchema,
  organizationSchema,
} from '@gantry/contracts/http/organization';
import { pageableSchema, sortInfoSchema } from '@gantry/contracts/http/page';
import { pipelineField } from '@gantry/contracts/http/pipeline';
import { projectInputSchema, projectSchema, projectUpdateSchema } from '@gantry/contracts/http/project';
import { restartRequestSchema } from '@gantry/contracts/http/restart';
import { scheduleSchema } from '@gantry/contracts/http/schedule';
import { statusMessageInputSchema, statusMessageSchema } from '@gantry/contracts/http/status-message';
import { stepAttemptSchema } from '@gantry/contracts/http/step-attempt';
import { storeInputSchema, storeSchema } from '@gantry/contracts/http/store';
import {
  webhookDeliverySchema,
  webhookInputSchema,
  webhookSchema,
  webhookUpdateSchema,
  webhookWithSecretSchema,
} from '@gantry/contracts/http/webhook';
import { exceptionDetailsSchema } from '@gantry/domain/exception-details';
import type { z } from 'zod';

interface ComponentSchema {
  schema: z.ZodType;
  example?: object;
}

/** Schemas that have a name in the OpenAPI document; the others are written out where they are used. */
export const COMPONENT_SCHEMAS: Readonly<Record<string, ComponentSchema>> = {
  Pageable: { schema: pageableSchema },
  SortInfo: { schema: sortInfoSchema },
  Execution: { schema: executionSchema },
  ExecutionInput: {
    schema: executionInputSchema,
    example: { pipeline: { steps: [{ ref: 'module://gantry/echo' }] }, context: { orderId: '4711' } },
  },
  ExecutionUpdate: { schema: executionUpdateSchema, example: { description: 'looked at by Kim' } },
  Step: { schema: stepSchema },
  ExceptionDetails: { schema: exceptionDetailsSchema },
  ContentObject: { schema: contentObjectSchema },
  ExecutionChange: { schema: executionChangeSchema },
  ExecutionLog: { schema: executionLogSchema },
  FailureGroup: { schema: failureGroupSchema },
  RestartInput: {
    schema: restartRequestSchema,
    example: { fromStep: 1, pipeline: 'original', options: { 1: { language: 'en' } } },
  },
  StepAttempt: { schema: stepAttemptSchema },
  ExecutionSlice: { schema: executionSliceSchema },
  StatusMessage: { schema: statusMessageSchema },
  StatusMessageInput: { schema: statusMessageInputSchema, example: { title: 'Reading page 3', type: 'ANALYZING' } },
  BulkOperation: { schema: bulkOperationSchema },
  BulkInput: { schema: bulkRequestSchema, example: { filter: "status eq 'FAILED'", dryRun: true } },
  BulkRestartInput: { schema: bulkRestartSchema, example: { filter: "status eq 'FAILED'", dryRun: true } },
  BulkFailure: { schema: bulkFailureSchema },
  BulkReprocessInput: { schema: bulkReprocessSchema, example: { all: true } },
  EventInput: {
    schema: eventInputSchema,
    example: {
      eventType: 'TASK_CREATED',
      id: 'task-4711',
      source: 'crm',
      projectId: '0193a1b2-0000-7000-8000-000000000001',
      taskId: '4711',
      data: { customer: 'ACME' },
    },
  },
  CloudEvent: {
    schema: cloudEventSchema,
    example: {
      specversion: '1.0',
      id: 'task-4711',
      source: 'crm',
      type: 'TASK_CREATED',
      data: { taskId: '4711', projectId: '0193a1b2-0000-7000-8000-000000000001', customer: 'ACME' },
    },
  },
  Event: { schema: eventSchema },
  EventAnswer: { schema: eventAnswerSchema },
  Assistant: { schema: assistantSchema },
  AssistantInput: {
    schema: assistantInputSchema,
    example: {
      name: 'Invoice reader',
      subscription: 'CONTENT_CREATED',
      connections: [{ sourceType: 'STORE', sourceRef: 'local/invoices:1.0.0' }],
      options: {
        complete_label: 'processed',
        pipeline: { steps: [{ ref: 'module://gantry/pdf-parser' }, { ref: 'module://gantry/invoice-extractor' }] },
      },
    },
  },
  AssistantRevision: { schema: assistantRevisionSchema },
  TrialTerm: { schema: trialTermSchema },
  AssistantTrial: { schema: assistantTrialSchema },
  AssistantTrialInput: {
    schema: assistantTrialInputSchema,
    example: {
      assistant: { subscription: 'hasExtensions("pdf")' },
      event: { eventType: 'DOCUMENT_FAMILY_CREATED', documentFamilyId: 'f-1', documentFamily: { path: 'in/a.pdf' } },
    },
  },
  AuditEntry: { schema: auditEntrySchema },
  AssistantUpdate: { schema: assistantUpdateSchema, example: { active: false } },
  AssistantEventInput: { schema: assistantEventSchema, example: { eventType: 'ASSISTANT', options: { depth: 2 } } },
  Schedule: { schema: scheduleSchema },
  Connection: { schema: connectionSchema },
  Pipeline: { schema: pipelineField },
  DocumentFamily: { schema: documentFamilySchema },
  Store: { schema: storeSchema },
  StoreInput: { schema: storeInputSchema, example: { name: 'Invoices', slug: 'invoices' } },
  Project: { schema: projectSchema },
  ProjectInput: { schema: projectInputSchema, example: { name: 'Accounts payable' } },
  ProjectUpdate: { schema: projectUpdateSchema, example: { description: 'Invoices of all subsidiaries' } },
  Module: { schema: moduleSchema },
  ModuleVersion: { schema: moduleVersionSchema },
  ModuleInput: {
    schema: moduleInputSchema,
    example: { slug: 'classifier', name: 'Classifier', metadata: { kind: 'node', timeoutSeconds: 60 } },
  },
  ModuleUpdate: { schema: moduleUpdateSchema, example: { active: false } },
  Webhook: { schema: webhookSchema },
  WebhookWithSecret: { schema: webhookWithSecretSchema },
  WebhookInput: {
    schema: webhookInputSchema,
    example: { url: 'https://ops.example/hooks/gantry', events: ['execution.failed'], filter: 'priority ge 5' },
  },
  WebhookUpdate: { schema: webhookUpdateSchema, example: { active: false } },
  WebhookDelivery: { schema: webhookDeliverySchema },
  Alert: { schema: alertSchema },
  AlertInput: {
    schema: alertInputSchema,
    example: { name: 'Invoices fail', condition: { kind: 'assistant-failing', failures: 10, minutes: 15 } },
  },
  AlertUpdate: { schema: alertUpdateSchema, example: { mutedUntil: '2026-12-24T08:00:00Z' } },
  Organization: { schema: organizationSchema },
  CreatedOrganization: { schema: createdOrganizationSchema },
  OrganizationInput: { schema: organizationInputSchema, example: { name: 'Acme', slug: 'acme' } },
  ApiKey: { schema: apiKeySchema },
  CreatedApiKey: { schema: createdApiKeySchema },
  Account: { schema: accountSchema },
  ApiKeyInput: { schema: apiKeyInputSchema, example: { name: 'crm', scopes: ['events:write'] } },
};
