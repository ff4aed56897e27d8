package im.palisade.server;

import im.palisade.server.admin.AdminFeature;
import im.palisade.server.admin.door.AdminEndpoint;
import im.palisade.server.admin.page.LiveSeries;
import im.palisade.server.admin.page.Pages;
import im.palisade.server.auditlog.JobFailures;
import im.palisade.server.closing.AppRemoval;
import im.palisade.server.jobs.JobRunner;
import im.palisade.server.message.FeedRetention;
import im.palisade.server.message.RoamingRetention;
import im.palisade.server.message.SequenceHeads;
import im.palisade.server.rest.Readiness;
import java.time.Clock;
import java.util.List;
import java.util.stream.Stream;

/** What is for operators: the console with its pages, and the jobs that run by themselves. */
final class Operation {
  final AdminFeature admin;
  final JobRunner jobs;

  Operation(
      Ground ground,
      Features features,
      GivenSettings settings,
      Readiness readiness,
      Parts parts,
      Clock clock) {
    AppRemoval removal =
        new AppRemoval(
            ground.regions,
            features.apps,
            features.erasure::deleted,
            app -> {
              features.files.deleteAll(app);
              features.archive.deleteAll(app);
            },
            clock);
    LiveSeries series =
        parts.add("live series", new LiveSeries(ground.metrics, features.sessions, clock));
    List<AdminEndpoint<?, ?>> pages =
        Pages.of(
            new Pages.Features(
                ground.regions,
                features.apps,
                features.accounts,
                features.profiles,
                features.presence,
                features.mutes,
                features.sessions,
                features.groups.operations(),
                features.messages.operations(),
                features.groupMessages.operations(),
                features.liveRooms,
                features.moderation,
                features.callbacks.service(),
                features.statistics,
                ground.audit,
                ground.care,
                ground.auditSearch,
                ground.forwarders),
            new Pages.Machine(
                new Version().getVersion()[0], readiness, ground.directory.root(), series),
            clock);
    admin =
        new AdminFeature(
            settings.console(),
            ground.regions,
            features.apps,
            ground.journal,
            ground.box,
            ground.directory.root(),
            pages,
            clock);
    jobs =
        parts.add(
            "jobs",
            new JobRunner(
                Stream.concat(
                        ground.care.jobs().stream(),
                        Stream.of(
                            new FeedRetention(ground.regions, clock).job(),
                            features.official.removal(),
                            features.robots.streamClosing(),
                            features.pushes.retention(),
                            features.archive.retention(),
                            features.files.writing(),
                            features.files.retention(),
                            features.groups.remains(),
                            features.groups.recycling(features.apps::all),
                            features.groups.awayMembers(features.apps::all),
                            features.callbacks.retention(),
                            features.statistics.writing(),
                            features.statistics.closing(),
                            admin.sweeping(),
                            ground.audit.digests(new SequenceHeads()),
                            ground.audit.heads(),
                            ground.audit.commands(),
                            features.erasure.job(),
                            features.apps.historyRetention(),
                            removal.job(),
                            new RoamingRetention(ground.regions, features.apps::all, clock).job()))
                    .toList(),
                new JobFailures(ground.regions.home().trail(), clock)));
  }
}
