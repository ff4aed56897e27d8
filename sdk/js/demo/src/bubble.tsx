import type { Element, Message, Payload } from '@palisade/chat';
import { useState } from 'preact/hooks';
import { brief, clock, recalled, tip } from './texts.js';
import { Avatar, Icon, IconButton, Menu, MenuItem, useModel, webAddress } from './ui.js';

const LINK = /(https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]])/g;

/** Text with its web addresses to click on. */
const Text = ({ text }: { text: string }) => (
  <p class="text">
    {text.split(LINK).map((part, at) =>
      at % 2 === 1 ? (
        <a href={part} target="_blank" rel="noopener noreferrer nofollow">
          {part}
        </a>
      ) : (
        part
      ),
    )}
  </p>
);

const Content = ({ type, payload }: { type: string; payload: Payload }) => {
  const model = useModel();
  switch (type) {
    case 'TIMTextElem':
      return <Text text={String(payload['text'] ?? '')} />;
    case 'TIMFaceElem':
      return <p class="face">{String(payload['data'] ?? '')}</p>;
    case 'TIMImageElem': {
      const images = (payload['imageInfoArray'] ?? []) as { url: string; width: number; height: number }[];
      const url = webAddress(images[1]?.url) ?? webAddress(images[0]?.url);
      return url === undefined ? (
        <p class="text">{brief(model, type, payload)}</p>
      ) : (
        <a class="image" href={webAddress(images[0]?.url) ?? url} target="_blank" rel="noopener noreferrer">
          <img src={url} alt={model.t('image')} loading="lazy" referrerpolicy="no-referrer" />
        </a>
      );
    }
    case 'TIMFileElem': {
      const url = webAddress(payload['fileUrl']);
      return (
        <a class="attachment" href={url} target="_blank" rel="noopener noreferrer">
          <Icon name="file" />
          {String(payload['fileName'] || model.t('file'))}
        </a>
      );
    }
    case 'TIMSoundElem':
      return <audio controls src={webAddress(payload['url'])} preload="none" />;
    case 'TIMVideoFileElem':
      return <video controls src={webAddress(payload['videoUrl'])} poster={webAddress(payload['thumbUrl'])} preload="none" />;
    case 'TIMLocationElem':
      return (
        <p class="attachment">
          <Icon name="place" />
          {String(payload['description'] || `${payload['latitude']}, ${payload['longitude']}`)}
        </p>
      );
    case 'TIMRelayElem':
      return (
        <div class="merged">
          <b>{String(payload['title'] ?? '')}</b>
          {((payload['abstractList'] ?? []) as string[]).slice(0, 4).map((line) => (
            <p>{line}</p>
          ))}
        </div>
      );
    default:
      return <p class="text">{brief(model, type, payload)}</p>;
  }
};

/** Every element of a message: back ends may send several in one. */
const Body = ({ message }: { message: Message }) => (
  <>
    <Content type={message.type} payload={message.payload} />
    {message._elements.slice(1).map((element: Element) => (
      <Content type={element.MsgType} payload={element.MsgContent['Text'] === undefined ? {} : { text: element.MsgContent['Text'] }} />
    ))}
  </>
);

/** What a message says of its fate. */
const Fate = ({ message }: { message: Message }) => {
  const model = useModel();
  if (message.flow === 'in' || message.status === 'fail') {
    return null;
  }
  if (message.status === 'unSend') {
    return <span class="tick" title={model.t('sending')}><Icon name="clock" /></span>;
  }
  const { readReceiptInfo: info } = message;
  const readers = message.needReadReceipt && message.conversationType === 'GROUP' ? info.readCount : 0;
  const isRead = message.isPeerRead || readers > 0;
  const label =
    readers > 0
      ? model.t('readBy', { count: readers, all: readers + info.unreadCount })
      : model.t(isRead ? 'read' : 'sent');
  return (
    <span class={`tick ${isRead ? 'read' : ''}`} title={label} role="img" aria-label={label}>
      {readers > 0 && <span class="readers">{readers}</span>}
      <Icon name={isRead ? 'checks' : 'check'} />
    </span>
  );
};

const Actions = ({ message }: { message: Message }) => {
  const model = useModel();
  const [open, setOpen] = useState(false);
  const act = (work: () => void) => () => {
    setOpen(false);
    work();
  };
  const text = message.type === 'TIMTextElem' ? String(message.payload['text']) : '';
  return (
    <span class={`actions anchor ${open ? 'open' : ''}`}>
      <IconButton icon="more" label={model.t('actions')} expanded={open} onClick={() => setOpen(!open)} />
      {open && (
        <Menu class="up" onClose={() => setOpen(false)} label={model.t('actions')}>
          {text !== '' && (
            <MenuItem
              icon="copy"
              text={model.t('copy')}
              onClick={act(() => {
                navigator.clipboard?.writeText(text).then(() => model.toast(model.t('copied')), () => undefined);
              })}
            />
          )}
          {model.canEdit(message) && <MenuItem icon="edit" text={model.t('edit')} onClick={act(() => model.edit(message))} />}
          {model.canRecall(message) && (
            <MenuItem icon="recall" text={model.t('recall')} onClick={act(() => void model.recall(message))} />
          )}
          {!model.isRoom && (
            <MenuItem icon="trash" danger text={model.t('delete')} onClick={act(() => void model.remove(message))} />
          )}
        </Menu>
      )}
    </span>
  );
};

export const Bubble = ({ message, starts, ends }: { message: Message; starts: boolean; ends: boolean }) => {
  const model = useModel();
  const own = message.flow === 'out';
  const inGroup = message.conversationType === 'GROUP';
  const name = message.nameCard || message.nick || model.nameOf(message.from);
  return (
    <article class={`message ${own ? 'own' : ''} ${starts ? 'starts' : ''} ${ends ? 'ends' : ''} ${message.status === 'fail' ? 'failed' : ''}`}>
      {!own && inGroup && (ends ? <Avatar id={message.from} name={name} url={message.avatar} /> : <span class="avatar-space" />)}
      <div class="bubble">
        {!own && inGroup && starts && <b class="sender">{name}</b>}
        <Body message={message} />
        <span class="meta">
          {message.isModified && <span>{model.t('edited')}</span>}
          <time dateTime={new Date(message.time * 1000).toISOString()}>{clock(model, message.time)}</time>
          <Fate message={message} />
        </span>
      </div>
      {message.status === 'success' && <Actions message={message} />}
      {message.status === 'fail' && (
        <button type="button" class="retry" onClick={() => void model.resend(message)}>
          <Icon name="alert" />
          {model.t('notSent')}. {model.t('tryAgain')}
        </button>
      )}
    </article>
  );
};

/** What is told between the messages. */
export const Line = ({ message }: { message: Message }) => {
  const model = useModel();
  if (!message.isRevoked) {
    const text = tip(model, message.payload);
    return text === '' ? null : <p class="line">{text}</p>;
  }
  return <p class="line">{recalled(model, message)}</p>;
};
