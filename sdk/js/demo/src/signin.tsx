import { useState } from 'preact/hooks';
import { LANGUAGE_NAMES, type Language } from './words.js';
import { Avatar, Icon, useModel } from './ui.js';

const NAMES = ['alice', 'bob', 'carol'];

export const SignIn = () => {
  const model = useModel();
  const [name, setName] = useState('');
  const busy = model.state === 'entering';
  return (
    <main class="sign-in">
      <form
        class="card"
        onSubmit={(event) => {
          event.preventDefault();
          void model.signIn(name);
        }}
      >
        <img class="brand" src="icon.svg" alt="" />
        <h1>Palisade</h1>
        <p class="tagline">{model.t('tagline')}</p>
        {model.problem !== '' && (
          <p class="problem" role="alert">
            <Icon name="alert" />
            {model.problem}
          </p>
        )}
        <label class="field">
          <span>{model.t('yourName')}</span>
          <input
            value={name}
            onInput={(event) => setName(event.currentTarget.value)}
            maxLength={32}
            autocomplete="username"
            autocapitalize="none"
            spellcheck={false}
            autofocus
          />
        </label>
        <button class="primary" type="submit" disabled={busy || name.trim() === ''}>
          {model.t(busy ? 'signingIn' : 'signIn')}
        </button>
        <div class="or">
          <span>{model.t('orTake')}</span>
        </div>
        <div class="chips">
          {NAMES.map((each) => (
            <button type="button" class="chip" disabled={busy} onClick={() => void model.signIn(each)}>
              <Avatar id={each} name={each} />
              {each}
            </button>
          ))}
        </div>
        <p class="hint">{model.t('signInHint')}</p>
        <p class="hint">{model.t('secondWindow')}</p>
      </form>
      <nav class="languages" aria-label={model.t('language')}>
        {Object.entries(LANGUAGE_NAMES).map(([code, label]) => (
          <button
            type="button"
            lang={code}
            aria-pressed={model.language === code}
            onClick={() => model.setLanguage(code as Language)}
          >
            {label}
          </button>
        ))}
      </nav>
    </main>
  );
};
