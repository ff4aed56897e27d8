import type { GroupMember } from '@palisade/chat';
import { Avatar, Icon, type IconName, IconButton, useModel } from './ui.js';

const Action = (props: { icon: IconName; text: string; onClick: () => void; danger?: boolean; pressed?: boolean }) => (
  <button
    type="button"
    class={`action ${props.danger === true ? 'danger' : ''}`}
    aria-pressed={props.pressed}
    onClick={props.onClick}
  >
    <Icon name={props.icon} />
    <span>{props.text}</span>
    {props.pressed !== undefined && <i class="switch" aria-hidden="true" />}
  </button>
);

/** Beside the messages: who the other is, or who is in the group. */
export const Details = () => {
  const model = useModel();
  const { current, conversation } = model;
  if (current === undefined || !model.showDetails) {
    return null;
  }
  const isGroup = current.startsWith('GROUP');
  return (
    <aside class="details" aria-label={model.t('details')}>
      <header class="bar">
        <h2>{model.t('details')}</h2>
        <IconButton icon="close" label={model.t('close')} onClick={() => model.toggleDetails()} />
      </header>
      <div class="scroll">
        {isGroup ? <GroupHead /> : <PersonHead />}
        {conversation !== undefined && !model.isRoom && (
          <section class="block">
            <Action icon="pin" text={model.t('pin')} pressed={conversation.isPinned} onClick={() => void model.pin(conversation)} />
            <Action
              icon="mute"
              text={model.t('mute')}
              pressed={conversation.messageRemindType !== 'AcceptAndNotify'}
              onClick={() => void model.mute(conversation)}
            />
          </section>
        )}
        {isGroup ? <GroupParts /> : <PersonParts />}
      </div>
    </aside>
  );
};

const PersonHead = () => {
  const model = useModel();
  const userID = (model.current ?? '').slice(3);
  const profile = model.people.get(userID);
  return (
    <section class="head">
      <Avatar id={userID} name={model.nameOf(userID)} url={profile?.avatar} />
      <h3>{model.nameOf(userID)}</h3>
      <p class="id">@{userID}</p>
      {profile?.selfSignature && <p class="about">{profile.selfSignature}</p>}
    </section>
  );
};

const PersonParts = () => {
  const model = useModel();
  const userID = (model.current ?? '').slice(3);
  const isBlocked = model.blocked.has(userID);
  return (
    <section class="block">
      {!model.friends.has(userID) && userID !== model.userID && (
        <Action icon="addUser" text={model.t('addFriend')} onClick={() => void model.befriend(userID)} />
      )}
      {userID !== model.userID && (
        <Action icon="block" text={model.t(isBlocked ? 'unblock' : 'block')} onClick={() => void model.block(userID)} />
      )}
      {model.conversation !== undefined && (
        <Action icon="trash" danger text={model.t('deleteChat')} onClick={() => void model.deleteChat(`C2C${userID}`)} />
      )}
    </section>
  );
};

const GroupHead = () => {
  const model = useModel();
  const { group, isRoom } = model;
  const groupID = (model.current ?? '').slice(5);
  return (
    <section class="head">
      <Avatar id={groupID} name={group?.name || groupID} url={group?.avatar} kind={isRoom ? 'room' : 'group'} />
      <h3>{group?.name || groupID}</h3>
      <p class="id">{groupID}</p>
      {group?.introduction && <p class="about">{group.introduction}</p>}
      {group?.notification && (
        <p class="about">
          <b>{model.t('notice')}</b> {group.notification}
        </p>
      )}
    </section>
  );
};

const RANKS = ['Owner', 'Admin', 'Member'];

/** Whoever rules stands above. */
const rank = ({ role }: GroupMember): number => RANKS.indexOf(role);

const GroupParts = () => {
  const model = useModel();
  const { group, isRoom } = model;
  const groupID = (model.current ?? '').slice(5);
  const members = [...(model.members.get(groupID) ?? [])].sort((a, b) => rank(a) - rank(b));
  const isOwner = group?.selfInfo.role === 'Owner';
  return (
    <>
      {!isRoom && (
        <section class="block">
          <h4>{model.t('members', { count: members.length })}</h4>
          <Action icon="addUser" text={model.t('invite')} onClick={() => model.show('invite')} />
          <ul class="people">
            {members.map((member) => {
              const name = member.nameCard || member.nick || member.userID;
              return (
                <li key={member.userID}>
                  <button type="button" class="person" onClick={() => void model.open(`C2C${member.userID}`)}>
                    <Avatar id={member.userID} name={name} url={member.avatar} />
                    <span class="name">{member.userID === model.userID ? `${name} (${model.t('you')})` : name}</span>
                    {member.role === 'Owner' && <small>{model.t('owner')}</small>}
                    {member.role === 'Admin' && <small>{model.t('admin')}</small>}
                  </button>
                </li>
              );
            })}
          </ul>
        </section>
      )}
      <section class="block">
        {isOwner && !isRoom ? (
          <Action icon="trash" danger text={model.t('dismiss')} onClick={() => void model.dismiss(groupID)} />
        ) : (
          <Action icon="leave" danger text={model.t(isRoom ? 'leaveRoom' : 'leave')} onClick={() => void model.leaveGroup(groupID)} />
        )}
      </section>
    </>
  );
};
