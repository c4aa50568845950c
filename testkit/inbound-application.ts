import type { Application } from '../src/accounts/application.ts';
import { OWNER } from './voice-rig.ts';

/** An application that answers calls at `http://app.example/answer`. */
export const inboundApplication = (more: Partial<Application> = {}): Application => ({
  appId: '10000000000000001',
  accountId: OWNER,
  subaccountId: null,
  name: 'Lab',
  answerUrl: 'http://app.example/answer',
  answerMethod: 'POST',
  hangupUrl: 'http://app.example/hangup',
  hangupMethod: 'POST',
  fallbackAnswerUrl: '',
  fallbackMethod: 'POST',
  messageUrl: '',
  messageMethod: 'POST',
  isNumberDefault: false,
  isEndpointDefault: false,
  publicUri: false,
  logIncomingMessages: true,
  createdAt: new Date(0),
  ...more,
});
