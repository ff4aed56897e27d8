import type { Message } from '@palisade/chat';
import { Fragment } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Bubble, Line } from './bubble.js';
import { day } from './texts.js';
import { Avatar, Icon, IconButton, useModel } from './ui.js';

const EMOJI = [...'😀😄😂🙂😉😍😎🤔😅😭😡👍👎👏🙏💪🎉❤️🔥✨🌟☀️🌧️☕🍺🍰🚀✅❌💯'.match(/\p{Emoji}\uFE0F?/gu) ?? []];

/** So near to the end counts as being at it. */
const NEAR = 80;

export const ThreadView = () => {
  const model = useModel();
  const { current, conversation, thread, group, isRoom } = model;
  if (current === undefined) {
    return <Welcome />;
  }
  const isGroup = current.startsWith('GROUP');
  const partner = current.slice(isGroup ? 5 : 3);
  const title = isGroup
    ? group?.name || partner
    : conversation === undefined
      ? model.nameOf(partner)
      : model.titleOf(conversation);
  const avatar = isGroup ? group?.avatar : model.people.get(partner)?.avatar;
  const status = model.status.get(partner);
  const online = status === 1;
  return (
    <main
      class={`thread ${isRoom ? 'room' : ''}`}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        void model.attach([...(event.dataTransfer?.files ?? [])]);
      }}
    >
      <header class="bar">
        <IconButton icon="back" class="only-phone" label={model.t('back')} onClick={() => model.close()} />
        <button type="button" class="who" onClick={() => model.toggleDetails()} aria-expanded={model.showDetails}>
          <Avatar
            id={partner}
            name={title}
            url={avatar}
            online={!isGroup && online}
            {...(isRoom ? { kind: 'room' as const } : isGroup ? { kind: 'group' as const } : {})}
          />
          <span class="what">
            <h2 class="name">{title}</h2>
            <span class="state">
              {model.isTyping(current) ? (
                <em>{model.t('typing')}</em>
              ) : isRoom ? (
                <>
                  <span class="live-mark">{model.t('live')}</span> {model.t('watching', { count: group?.memberCount ?? 1 })}
                </>
              ) : isGroup ? (
                model.t('members', { count: model.members.get(partner)?.length ?? group?.memberCount ?? 0 })
              ) : (
                status === undefined ? `@${partner}` : model.t(online ? 'online' : 'offline')
              )}
            </span>
          </span>
        </button>
        <IconButton icon="info" label={model.t('details')} pressed={model.showDetails} onClick={() => model.toggleDetails()} />
      </header>
      {thread !== undefined && <Messages key={current} />}
      <Composer key={`composer ${current}`} title={title} />
    </main>
  );
};

const Welcome = () => {
  const model = useModel();
  return (
    <main class="thread welcome">
      <img src="icon.svg" alt="" />
      <h2>{model.t('pickTitle')}</h2>
      <p>{model.t('pickText')}</p>
    </main>
  );
};

/** Whether a message follows another of the same sender closely. */
const follows = (message: Message, before: Message | undefined): boolean =>
  before !== undefined &&
  before.from === message.from &&
  !before.isRevoked &&
  before.type !== 'TIMGroupTipElem' &&
  message.time - before.time < 300;

const Messages = () => {
  const model = useModel();
  const { thread, current } = model;
  const box = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const height = useRef(0);
  const [away, setAway] = useState(false);
  const messages = (thread?.messages ?? []).filter((each) => !each.isDeleted);
  const last = messages[messages.length - 1];
  const first = messages[0];

  useLayoutEffect(() => {
    if (box.current && atEnd.current) {
      box.current.scrollTop = box.current.scrollHeight;
    }
  });
  useLayoutEffect(() => {
    if (last?.flow === 'out' && box.current) {
      box.current.scrollTop = box.current.scrollHeight;
    }
  }, [last]);
  // Older messages push the others down; the eye stays where it was.
  useLayoutEffect(() => {
    if (box.current) {
      if (!atEnd.current && height.current > 0) {
        box.current.scrollTop += box.current.scrollHeight - height.current;
      }
      height.current = box.current.scrollHeight;
    }
  }, [first]);

  const scrolled = () => {
    const { scrollTop, scrollHeight, clientHeight } = box.current as HTMLDivElement;
    atEnd.current = scrollHeight - scrollTop - clientHeight < NEAR;
    height.current = scrollHeight;
    setAway(!atEnd.current);
    if (scrollTop < NEAR && current !== undefined && thread?.isComplete === false) {
      void model.loadOlder(current);
    }
  };
  const toEnd = () => {
    atEnd.current = true;
    box.current?.scrollTo({ top: box.current.scrollHeight, behavior: 'smooth' });
  };

  return (
    <div class="messages-frame">
      <div class="messages" ref={box} onScroll={scrolled} tabIndex={0} role="log" aria-label={model.t('message')}>
        {thread?.isLoading === true && <p class="loading" aria-hidden="true"><i /><i /><i /></p>}
        {thread?.isComplete === true && messages.length > 0 && <p class="line">{model.t('beginning')}</p>}
        {thread?.isComplete === false && !thread.isLoading && !model.isRoom && messages.length > 0 && (
          <button type="button" class="older" onClick={() => current !== undefined && void model.loadOlder(current)}>
            {model.t('older')}
          </button>
        )}
        {messages.map((message, at) => {
          const before = messages[at - 1];
          const after = messages[at + 1];
          const newDay = before === undefined || day(model, before.time) !== day(model, message.time);
          const isNew = before !== undefined && thread?.unreadAfter === before.ID;
          return (
            <Fragment key={message.ID}>
              {newDay && !model.isRoom && <p class="line day">{day(model, message.time)}</p>}
              {isNew && <p class="line new">{model.t('newMessages')}</p>}
              {message.isRevoked || message.type === 'TIMGroupTipElem' ? (
                <Line message={message} />
              ) : (
                <Bubble
                  message={message}
                  starts={newDay || isNew || !follows(message, before)}
                  ends={after === undefined || !follows(after, message)}
                />
              )}
            </Fragment>
          );
        })}
      </div>
      {away && <IconButton icon="down" class="round to-end" label={model.t('toLatest')} onClick={toEnd} />}
    </div>
  );
};

const Composer = ({ title }: { title: string }) => {
  const model = useModel();
  const { current, editing } = model;
  const [text, setText] = useState(model.conversation?.draftText ?? '');
  const [emoji, setEmoji] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const chooser = useRef<HTMLInputElement>(null);
  const latest = useRef(text);
  latest.current = text;

  const fit = () => {
    const area = field.current;
    if (area) {
      area.style.height = 'auto';
      area.style.height = `${Math.min(area.scrollHeight, 160)}px`;
    }
  };
  useLayoutEffect(fit, [text]);
  useEffect(() => {
    if (matchMedia('(min-width: 720px)').matches) {
      field.current?.focus();
    }
    // What was not sent is a draft.
    return () => {
      if (current !== undefined) {
        model.draft(current, latest.current);
      }
    };
  }, []);
  useEffect(() => {
    if (editing !== undefined) {
      setText(String(editing.payload['text'] ?? ''));
      field.current?.focus();
    }
  }, [editing]);

  const send = () => {
    if (text.trim() !== '') {
      setText('');
      setEmoji(false);
      void model.send(text);
      field.current?.focus();
    }
  };
  const insert = (what: string) => {
    const area = field.current;
    const at = area?.selectionStart ?? text.length;
    setText(text.slice(0, at) + what + text.slice(area?.selectionEnd ?? at));
    setTimeout(() => {
      area?.focus();
      area?.setSelectionRange(at + what.length, at + what.length);
    });
  };

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {editing !== undefined && (
        <div class="editing">
          <Icon name="edit" />
          <span>{model.t('editing')}</span>
          <IconButton
            icon="close"
            label={model.t('cancel')}
            onClick={() => {
              model.edit(undefined);
              setText('');
            }}
          />
        </div>
      )}
      {emoji && (
        <div class="emoji">
          {EMOJI.map((each) => (
            <button type="button" aria-label={each} onClick={() => insert(each)}>
              {each}
            </button>
          ))}
        </div>
      )}
      <div class="row">
        <IconButton icon="attach" label={model.t('attach')} onClick={() => chooser.current?.click()} />
        <input
          ref={chooser}
          type="file"
          multiple
          hidden
          tabIndex={-1}
          aria-hidden="true"
          onChange={(event) => {
            void model.attach([...(event.currentTarget.files ?? [])]);
            event.currentTarget.value = '';
          }}
        />
        <IconButton icon="smile" label={model.t('emoji')} expanded={emoji} onClick={() => setEmoji(!emoji)} />
        <textarea
          ref={field}
          rows={1}
          value={text}
          placeholder={model.t('writeTo', { name: title })}
          aria-label={model.t('message')}
          onInput={(event) => {
            setText(event.currentTarget.value);
            model.typed();
          }}
          onPaste={(event) => {
            const files = [...(event.clipboardData?.files ?? [])];
            if (files.length > 0) {
              event.preventDefault();
              void model.attach(files);
            }
          }}
          onKeyDown={(event) => {
            // While a syllable is being composed, Enter ends that.
            if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
              event.preventDefault();
              send();
            } else if (event.key === 'Escape' && editing !== undefined) {
              model.edit(undefined);
              setText('');
            }
          }}
        />
        <button type="submit" class="icon-button round accent" aria-label={model.t('send')} title={model.t('send')} disabled={text.trim() === ''}>
          <Icon name={editing === undefined ? 'send' : 'check'} />
        </button>
      </div>
    </form>
  );
};
