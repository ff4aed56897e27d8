import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Theme } from './model.js';
import { Avatar, Icon, IconButton, Toasts, useModel } from './ui.js';
import { LANGUAGE_NAMES, type Language, type Word } from './words.js';

const names = (text: string): string[] => [
  ...new Set(text.split(/[,，、\s]+/).map((each) => each.trim()).filter((each) => each !== '')),
];

/** The browser's own dialog: it keeps the focus, and Escape closes it. */
const Frame = (props: { title: string; children: ComponentChildren }) => {
  const model = useModel();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog
      ref={dialog}
      class="dialog"
      aria-label={props.title}
      onClose={() => model.show(undefined)}
      onClick={(event) => event.target === dialog.current && model.show(undefined)}
    >
      <div class="sheet">
        <header class="bar">
          <h2>{props.title}</h2>
          <IconButton icon="close" label={model.t('close')} onClick={() => model.show(undefined)} />
        </header>
        {props.children}
      </div>
      <Toasts />
    </dialog>
  );
};

interface Question {
  label: Word;
  hint?: Word;
  optional?: boolean;
}

/** A few fields and a button. */
const Ask = (props: { title: Word; ask: Question[]; answer: Word; onAnswer: (values: string[]) => void }) => {
  const model = useModel();
  const [values, setValues] = useState(props.ask.map(() => ''));
  const missing = props.ask.some((each, at) => each.optional !== true && (values[at] ?? '').trim() === '');
  return (
    <Frame title={model.t(props.title)}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          props.onAnswer(values);
        }}
      >
        {props.ask.map(({ label, hint }, at) => (
          <label class="field">
            <span>{model.t(label)}</span>
            <input
              value={values[at]}
              maxLength={at === 0 ? 48 : 500}
              autocapitalize="none"
              spellcheck={false}
              autofocus={at === 0}
              onInput={(event) => setValues(values.map((old, i) => (i === at ? event.currentTarget.value : old)))}
            />
            {hint !== undefined && <small>{model.t(hint)}</small>}
          </label>
        ))}
        <button class="primary" type="submit" disabled={missing}>
          {model.t(props.answer)}
        </button>
      </form>
    </Frame>
  );
};

export const Dialogs = () => {
  const model = useModel();
  switch (model.dialog) {
    case 'chat':
      return (
        <Ask
          title="newChat"
          ask={[{ label: 'userName', hint: 'newChatHint' }]}
          answer="open"
          onAnswer={([name]) => void model.open(`C2C${(name ?? '').trim()}`)}
        />
      );
    case 'group':
      return (
        <Ask
          title="newGroup"
          ask={[{ label: 'groupName' }, { label: 'groupMembers', optional: true }]}
          answer="create"
          onAnswer={([name, members]) => void model.newGroup(name ?? '', names(members ?? ''))}
        />
      );
    case 'room':
      return (
        <Ask
          title="liveRoom"
          ask={[{ label: 'roomName', hint: 'liveRoomHint' }]}
          answer="enter"
          onAnswer={([name]) => void model.enterRoom(name ?? '')}
        />
      );
    case 'invite':
      return (
        <Ask
          title="invite"
          ask={[{ label: 'inviteHint' }]}
          answer="invite"
          onAnswer={([list]) => void model.invite((model.current ?? '').slice(5), names(list ?? ''))}
        />
      );
    case 'settings':
      return <Settings />;
    case undefined:
      return null;
  }
};

const THEMES: Record<Theme, Word> = { auto: 'themeAuto', light: 'themeLight', dark: 'themeDark' };

const Settings = () => {
  const model = useModel();
  const { profile } = model;
  const [nick, setNick] = useState(profile?.nick ?? '');
  const [selfSignature, setSignature] = useState(profile?.selfSignature ?? '');
  const [avatar, setAvatar] = useState(profile?.avatar ?? '');
  return (
    <Frame title={model.t('settings')}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void model.saveProfile({ nick, selfSignature, avatar });
        }}
      >
        <section class="head small">
          <Avatar id={model.userID} name={nick || model.userID} url={avatar} />
          <div>
            <h3>{nick || model.userID}</h3>
            <p class="id">@{model.userID}</p>
          </div>
        </section>
        <label class="field">
          <span>{model.t('nickname')}</span>
          <input value={nick} maxLength={100} onInput={(event) => setNick(event.currentTarget.value)} />
        </label>
        <label class="field">
          <span>{model.t('signature')}</span>
          <input value={selfSignature} maxLength={150} onInput={(event) => setSignature(event.currentTarget.value)} />
        </label>
        <label class="field">
          <span>{model.t('picture')}</span>
          <input type="url" value={avatar} placeholder="https://" onInput={(event) => setAvatar(event.currentTarget.value)} />
        </label>
        <button class="primary" type="submit">{model.t('save')}</button>
      </form>
      <Choice
        label={model.t('language')}
        options={LANGUAGE_NAMES}
        chosen={model.language}
        onChoose={(language) => model.setLanguage(language as Language)}
      />
      <Choice
        label={model.t('theme')}
        options={Object.fromEntries(Object.entries(THEMES).map(([theme, word]) => [theme, model.t(word)]))}
        chosen={model.theme}
        onChoose={(theme) => model.setTheme(theme as Theme)}
      />
      <button type="button" class="secondary" onClick={() => void model.signOut()}>
        <Icon name="leave" />
        {model.t('signOut')}
      </button>
    </Frame>
  );
};

const Choice = (props: { label: string; options: Record<string, string>; chosen: string; onChoose: (value: string) => void }) => (
  <fieldset class="choice">
    <legend>{props.label}</legend>
    <div class="segments">
      {Object.entries(props.options).map(([value, label]) => (
        <label>
          <input
            type="radio"
            name={props.label}
            checked={props.chosen === value}
            onChange={() => props.onChoose(value)}
          />
          <span>{label}</span>
        </label>
      ))}
    </div>
  </fieldset>
);
