/** Codes the SDK itself rejects with; a server's code arrives unchanged. */
export const Code = {
  NO_SDK_APP_ID: 2000,
  NO_USER_ID: 2002,
  NO_USER_SIG: 2003,
  NOT_LOGGED_IN: 2024,
  LOGIN_REPEATED: 2025,
  UPLOAD_FAILED: 2041,
  SEND_FAILED: 2100,
  NOT_A_MESSAGE: 2105,
  CONVERSATION_TYPE: 2106,
  FILE_EMPTY: 2108,
  RECEIPT_LIST_EMPTY: 2114,
  SYSTEM_NOTICE: 2116,
  MERGER_INVALID: 2450,
  MERGER_DOWNLOAD: 2452,
  FORWARD_INVALID: 2453,
  EDIT_CONFLICT: 2480,
  EDIT_LIVE_ROOM: 2481,
  CONVERSATION_UNKNOWN: 2500,
  CONVERSATION_ID: 2503,
  GROUP_ID: 2602,
  NO_MEMBER: 2623,
  FRIEND_APPLICATION_MISSING: 2716,
  NETWORK: 2800,
  TIMEOUT: 2801,
  OFFLINE: 2805,
  INVALID_PARAMETER: 2903,
  RECALL_WINDOW: 6223,
  TOO_LONG: 8001,
  NOT_AVAILABLE: 70130,
} as const;

/** What every rejected promise of the SDK holds. */
export class ChatError extends Error {
  readonly code: number;
  readonly data: Record<string, unknown>;

  constructor(code: number, message: string, data: Record<string, unknown> = {}) {
    super(message);
    this.name = 'ChatError';
    this.code = code;
    this.data = data;
  }
}

/** Refuses a call whose arguments cannot be right. */
export const wrong = (message: string, code: number = Code.INVALID_PARAMETER): ChatError =>
  new ChatError(code, message);
