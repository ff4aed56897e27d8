import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Model } from './model.js';

export const model = new Model();

/** Shows the caller anew whenever the model changes. */
export const useModel = (): Model => {
  const [, paint] = useState(0);
  useEffect(() => model.watch(() => paint((count) => count + 1)), []);
  return model;
};

const PATHS = {
  back: 'M15 5l-7 7 7 7',
  plus: 'M12 5v14M5 12h14',
  search: 'M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM20 20l-4-4',
  send: 'M4 12l16-8-6 16-3-6z',
  smile: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM8.5 14.5a4.5 4.5 0 0 0 7 0M9 9.5v.5M15 9.5v.5',
  more: 'M5 12h.01M12 12h.01M19 12h.01',
  info: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 11v5M12 8h.01',
  close: 'M6 6l12 12M18 6L6 18',
  settings: 'M4 7h10M18 7h2M4 17h2M10 17h10M16 5v4M8 15v4',
  chat: 'M5 5h14a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2h-7l-5 4v-4H5a2 2 0 0 1-2-2V7a2 2 0 0 1 2-2z',
  group: 'M9 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM3 20a6 6 0 0 1 12 0M16 5.5a3 3 0 0 1 0 5M17 14.5a6 6 0 0 1 4 5.5',
  live: 'M12 10a2 2 0 1 0 0 4 2 2 0 0 0 0-4zM7.8 7.8a6 6 0 0 0 0 8.4M16.2 7.8a6 6 0 0 1 0 8.4M4.9 4.9a10 10 0 0 0 0 14.2M19.1 4.9a10 10 0 0 1 0 14.2',
  pin: 'M9 4h6l-1 6 3 3v2H7v-2l3-3zM12 15v5',
  mute: 'M6 9v4a6 6 0 0 0 .5 2.4L5 18h11M18 14v-5a6 6 0 0 0-9-5.2M10 21h4M4 4l16 16',
  check: 'M5 13l4 4L19 7',
  checks: 'M2 13l4 4L16 7M11 16l1 1L22 7',
  clock: 'M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM12 8v4l3 2',
  alert: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 8v5M12 16h.01',
  down: 'M12 5v14M6 13l6 6 6-6',
  copy: 'M9 9h10v11H9zM5 15V4h10',
  edit: 'M4 20l1-5L16 4l4 4L9 19zM14 6l4 4',
  recall: 'M9 8H4V3M4 8a9 9 0 1 1-1 6',
  trash: 'M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13',
  leave: 'M14 4H5v16h9M10 12h11M17 8l4 4-4 4',
  user: 'M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM4 21a8 8 0 0 1 16 0',
  addUser: 'M10 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM2 21a8 8 0 0 1 13-6M19 14v6M16 17h6',
  block: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM6 6l12 12',
  attach: 'M19.5 11.5l-7.8 7.8a5 5 0 0 1-7-7l8.2-8.3a3.4 3.4 0 0 1 4.8 4.8l-8.2 8.3a1.7 1.7 0 0 1-2.4-2.4l7.5-7.6',
  file: 'M6 3h8l5 5v13H6zM14 3v5h5',
  place: 'M12 21s7-6.5 7-12a7 7 0 1 0-14 0c0 5.5 7 12 7 12zM12 6.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z',
} as const;

export type IconName = keyof typeof PATHS;

export const Icon = ({ name }: { name: IconName }) => (
  <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
    <path d={PATHS[name]} />
  </svg>
);

const hash = (text: string): number => {
  let sum = 0;
  for (const letter of text) {
    sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) >>> 0;
  }
  return sum;
};

/** Only addresses a browser may show; nothing that runs. */
export const webAddress = (url: unknown): string | undefined =>
  typeof url === 'string' && /^https?:\/\//i.test(url) ? url : undefined;

const initials = (name: string): string => {
  const words = name.trim().split(/[\s._-]+/).filter((word) => word !== '');
  const letters = (words.length > 1 ? words.slice(0, 2).map((word) => [...word][0] ?? '') : [...name].slice(0, 1)).join('');
  return letters.toUpperCase() || '?';
};

export const Avatar = (props: { id: string; name: string; url?: string | undefined; online?: boolean; kind?: 'group' | 'room' }) => {
  const [broken, setBroken] = useState('');
  const url = webAddress(props.url);
  return (
    <span class={`avatar tint-${hash(props.id) % 8} ${props.kind ?? ''}`} aria-hidden="true">
      {url !== undefined && broken !== url ? (
        <img src={url} alt="" referrerpolicy="no-referrer" onError={() => setBroken(url)} />
      ) : props.kind === 'room' ? (
        <Icon name="live" />
      ) : (
        <span>{initials(props.name)}</span>
      )}
      {props.online === true && <i class="dot" />}
    </span>
  );
};

export const IconButton = (props: {
  icon: IconName;
  label: string;
  onClick: () => void;
  class?: string;
  expanded?: boolean;
  pressed?: boolean;
}) => (
  <button
    type="button"
    class={`icon-button ${props.class ?? ''}`}
    aria-label={props.label}
    title={props.label}
    aria-expanded={props.expanded}
    aria-pressed={props.pressed}
    onClick={props.onClick}
  >
    <Icon name={props.icon} />
  </button>
);

/** A menu below what opens it; closes on a click elsewhere and on Escape. */
export const Menu = (props: { children: ComponentChildren; onClose: () => void; class?: string; label: string }) => {
  const menu = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const elsewhere = (event: Event) => {
      if (!menu.current?.parentElement?.contains(event.target as Node)) {
        props.onClose();
      }
    };
    const key = (event: KeyboardEvent) => {
      const items = [...(menu.current?.querySelectorAll<HTMLElement>('button') ?? [])];
      const at = items.indexOf(document.activeElement as HTMLElement);
      if (event.key === 'Escape') {
        event.stopPropagation();
        props.onClose();
      } else if (event.key === 'ArrowDown') {
        event.preventDefault();
        items[(at + 1) % items.length]?.focus();
      } else if (event.key === 'ArrowUp') {
        event.preventDefault();
        items[(at - 1 + items.length) % items.length]?.focus();
      }
    };
    document.addEventListener('pointerdown', elsewhere);
    document.addEventListener('keydown', key);
    menu.current?.querySelector<HTMLElement>('button')?.focus();
    return () => {
      document.removeEventListener('pointerdown', elsewhere);
      document.removeEventListener('keydown', key);
    };
  }, []);
  return (
    <div ref={menu} class={`menu ${props.class ?? ''}`} role="menu" aria-label={props.label}>
      {props.children}
    </div>
  );
};

export const MenuItem = (props: { icon: IconName; text: string; onClick: () => void; danger?: boolean }) => (
  <button type="button" role="menuitem" class={props.danger === true ? 'danger' : ''} onClick={props.onClick}>
    <Icon name={props.icon} />
    {props.text}
  </button>
);

/** What is said for a moment. */
export const Toasts = () => {
  const { toasts } = useModel();
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.map((toast) => (
        <p key={toast.id}>{toast.text}</p>
      ))}
    </div>
  );
};
