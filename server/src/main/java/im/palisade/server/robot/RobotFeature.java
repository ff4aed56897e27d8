package im.palisade.server.robot;

import im.palisade.server.account.AccountService;
import im.palisade.server.gateway.Command;
import im.palisade.server.jobs.Job;
import im.palisade.server.message.GrowingTexts;
import im.palisade.server.profile.ProfileService;
import im.palisade.server.rest.Endpoint;
import im.palisade.server.store.Regions;
import java.time.Clock;
import java.util.List;

/** The parts of this feature, put together. */
public final class RobotFeature {
  private final RobotService robots;
  private final StreamService streams;
  private final List<Endpoint> endpoints;
  private final List<Command> commands;

  public RobotFeature(
      Regions regions,
      AccountService accounts,
      ProfileService profiles,
      GrowingTexts texts,
      RobotHook hook,
      Clock clock) {
    RobotStore store = new RobotStore();
    robots = new RobotService(regions, accounts, profiles, store);
    streams = new StreamService(regions, texts, clock, store);
    endpoints = new RobotRestApi(robots, streams, accounts).endpoints();
    commands = new RobotCommands(accounts, hook, clock).commands();
  }

  /** REST endpoints. */
  public List<Endpoint> endpoints() {
    return endpoints;
  }

  /** Client commands. */
  public List<Command> commands() {
    return commands;
  }

  /** Which accounts are robots. */
  public RobotService robots() {
    return robots;
  }

  /** Closes streams that are idle. */
  public Job streamClosing() {
    return streams.closing();
  }
}
