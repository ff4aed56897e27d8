import { another, create } from './chat.js';
import { EVENT, TSignaling, TYPES } from './constants.js';
import { VERSION } from './session.js';

/** The API, in the shape of the vendor's Web SDK. */
const TencentCloudChat = { create, another, EVENT, TYPES, TSignaling, VERSION };

export default TencentCloudChat;
export { another, create, EVENT, TSignaling, TYPES, VERSION };
export { ChatError, Code } from './errors.js';
export type { Chat, Options } from './chat.js';
export type { ChatEvent, Handler } from './emitter.js';
export type { CreateOptions } from './api/creating.js';
export type { SendOptions } from './api/sending.js';
export type { MessagePage } from './api/reading.js';
export type { ConversationFilter } from './api/listing.js';
export type { CreateGroupOptions, GroupOptions } from './api/grouping.js';
export type * from './model.js';
