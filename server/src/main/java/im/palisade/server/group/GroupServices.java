package im.palisade.server.group;

import im.palisade.server.account.AccountService;

/** What the doors of this package call: REST and clients the same. */
record GroupServices(
    AccountService accounts,
    GroupService groups,
    GroupDirectory directory,
    GroupRoster roster,
    GroupCreation creation,
    GroupProfiles profiles,
    Dissolution dissolution,
    Membership membership,
    JoinRequests requests,
    Leaving leaving,
    MemberProfiles memberProfiles,
    GroupMutes mutes,
    LiveRooms rooms,
    Standings standings,
    OnlineAccounts online) {}
