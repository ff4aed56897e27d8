import './style.css';
import { render } from 'preact';
import { Details } from './details.js';
import { Dialogs } from './dialogs.js';
import { Sidebar } from './sidebar.js';
import { SignIn } from './signin.js';
import { ThreadView } from './thread.js';
import { model, Toasts, useModel } from './ui.js';

const App = () => {
  const { state, current, showDetails, dialog } = useModel();
  return (
    <>
      {state === 'in' ? (
        <div class={`app ${current === undefined ? '' : 'chatting'} ${showDetails ? 'detailed' : ''}`}>
          <Sidebar />
          <ThreadView />
          <Details />
          <Dialogs />
        </div>
      ) : (
        <SignIn />
      )}
      {dialog === undefined && <Toasts />}
    </>
  );
};

model.start();
render(<App />, document.getElementById('app') as HTMLElement);
