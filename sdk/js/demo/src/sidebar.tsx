import type { Conversation } from '@palisade/chat';
import { useState } from 'preact/hooks';
import { preview, shortTime } from './texts.js';
import { Avatar, Icon, IconButton, Menu, MenuItem, useModel } from './ui.js';

const LOBBY = 'lobby';

export const Sidebar = () => {
  const model = useModel();
  const [search, setSearch] = useState('');
  const [menu, setMenu] = useState(false);
  const wanted = search.trim().toLowerCase();
  const listed = model.conversations.filter(
    (each) =>
      !model.rooms.has(each.conversationID.slice(5)) &&
      (wanted === '' || model.titleOf(each).toLowerCase().includes(wanted)),
  );
  const start = (dialog: 'chat' | 'group' | 'room') => {
    setMenu(false);
    model.show(dialog);
  };
  return (
    <aside class="sidebar" aria-label={model.t('chats')}>
      <header class="bar">
        <button
          type="button"
          class="self"
          aria-label={model.t('settings')}
          title={model.t('settings')}
          onClick={() => model.show('settings')}
        >
          <Avatar id={model.userID} name={model.nameOf(model.userID)} url={model.profile?.avatar} online={model.net === 'connected'} />
        </button>
        <h1>{model.t('chats')}</h1>
        <div class="anchor">
          <IconButton icon="plus" class="round accent" label={model.t('start')} expanded={menu} onClick={() => setMenu(!menu)} />
          {menu && (
            <Menu onClose={() => setMenu(false)} label={model.t('start')}>
              <MenuItem icon="chat" text={model.t('newChat')} onClick={() => start('chat')} />
              <MenuItem icon="group" text={model.t('newGroup')} onClick={() => start('group')} />
              <MenuItem icon="live" text={model.t('liveRoom')} onClick={() => start('room')} />
            </Menu>
          )}
        </div>
      </header>
      <div class="search">
        <Icon name="search" />
        <input
          type="search"
          placeholder={model.t('search')}
          aria-label={model.t('search')}
          value={search}
          onInput={(event) => setSearch(event.currentTarget.value)}
        />
      </div>
      {model.net !== 'connected' && (
        <p class="net" role="status">
          {model.t(model.net === 'connecting' ? 'connecting' : 'disconnected')}
        </p>
      )}
      <ul class="conversations">
        {[...model.rooms.values()].map((room) => (
          <li>
            <button
              type="button"
              class="conversation"
              aria-current={model.current === `GROUP${room.groupID}` ? 'true' : undefined}
              onClick={() => void model.open(`GROUP${room.groupID}`)}
            >
              <Avatar id={room.groupID} name={room.name} kind="room" />
              <span class="what">
                <span class="top">
                  <b class="name">{room.name || room.groupID}</b>
                  <span class="live-mark">{model.t('live')}</span>
                </span>
                <span class="bottom">
                  <span class="last">{model.t('watching', { count: room.memberCount })}</span>
                </span>
              </span>
            </button>
          </li>
        ))}
        {listed.map((each) => (
          <li key={each.conversationID}>
            <Row conversation={each} />
          </li>
        ))}
      </ul>
      {listed.length === 0 && wanted !== '' && <p class="nothing">{model.t('noMatch')}</p>}
      {model.conversations.length === 0 && model.rooms.size === 0 && wanted === '' && <Empty />}
    </aside>
  );
};

const Row = ({ conversation }: { conversation: Conversation }) => {
  const model = useModel();
  const { conversationID, lastMessage, unreadCount, isPinned, draftText } = conversation;
  const isGroup = conversation.type === 'GROUP';
  const partner = conversationID.slice(isGroup ? 5 : 3);
  const title = model.titleOf(conversation);
  const muted = conversation.messageRemindType !== 'AcceptAndNotify';
  const isCurrent = model.current === conversationID;
  return (
    <button
      type="button"
      class={`conversation ${unreadCount > 0 ? 'unread' : ''}`}
      aria-current={isCurrent ? 'true' : undefined}
      onClick={() => void model.open(conversationID)}
    >
      <Avatar
        id={partner}
        name={title}
        url={isGroup ? conversation.groupProfile?.avatar : conversation.userProfile?.avatar}
        online={!isGroup && model.status.get(partner) === 1}
        {...(isGroup ? { kind: 'group' as const } : {})}
      />
      <span class="what">
        <span class="top">
          <b class="name">{title}</b>
          {isPinned && <span class="mark" title={model.t('pinned')}><Icon name="pin" /></span>}
          {muted && <span class="mark" title={model.t('muted')}><Icon name="mute" /></span>}
          <time>{shortTime(model, lastMessage.lastTime)}</time>
        </span>
        <span class="bottom">
          <span class="last">
            {model.isTyping(conversationID) ? (
              <em>{model.t('typing')}</em>
            ) : draftText !== '' && !isCurrent ? (
              <>
                <em class="draft">{model.t('draft')}</em> {draftText}
              </>
            ) : (
              <>
                {lastMessage.fromAccount === model.userID && !isGroup && !lastMessage.isRevoked && lastMessage.type !== '' && (
                  <span class={`tick ${lastMessage.isPeerRead ? 'read' : ''}`}>
                    <Icon name={lastMessage.isPeerRead ? 'checks' : 'check'} />
                  </span>
                )}
                {preview(model, lastMessage, isGroup)}
              </>
            )}
          </span>
          {unreadCount > 0 && (
            <span class={`badge ${muted ? 'quiet' : ''}`} aria-label={model.t('unread', { count: unreadCount })}>
              {unreadCount > 99 ? '99+' : unreadCount}
            </span>
          )}
        </span>
      </span>
    </button>
  );
};

/** What somebody sees who is here for the first time. */
const Empty = () => {
  const model = useModel();
  const other = model.userID === 'bob' ? 'alice' : 'bob';
  return (
    <section class="empty">
      <h2>{model.t('emptyTitle')}</h2>
      <p>{model.t('emptyText')}</p>
      <a class="suggestion" href={`?as=${other}`} target="_blank" rel="noopener">
        <Icon name="user" />
        {model.t('openAs', { name: other })}
      </a>
      <button type="button" class="suggestion" onClick={() => void model.open(`C2C${other}`)}>
        <Icon name="chat" />
        {model.t('talkTo', { name: other })}
      </button>
      <button type="button" class="suggestion" onClick={() => void model.enterRoom(LOBBY)}>
        <Icon name="live" />
        {model.t('enterLobby', { name: LOBBY })}
      </button>
    </section>
  );
};
