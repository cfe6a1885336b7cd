package dev.vfo.fuse;

import dev.vfo.ChangeListener;
import dev.vfo.fuse.requests.Nodes;
import dev.vfo.fuse.session.Notifications;
import dev.vfo.fuse.session.Session;
import dev.vfo.storage.Name;
import dev.vfo.storage.StorageException;
import java.lang.System.Logger.Level;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Tells the kernel of changes that were not made through the mount, soon after them. Those that
 * were it knows itself. Thread safe.
 */
final class KernelNews implements ChangeListener {
  private static final System.Logger LOG = System.getLogger(KernelNews.class.getName());

  private final Nodes nodes;
  private final Notifications notifications;
  private final Session session;
  private final Executor background;

  KernelNews(Nodes nodes, Notifications notifications, Session session, Executor background) {
    this.nodes = nodes;
    this.notifications = notifications;
    this.session = session;
    this.background = background;
  }

  private interface News {
    void tell() throws StorageException;
  }

  @Override
  public void entryChanged(long number) {
    long node = nodes.node(number);
    tell(() -> notifications.contentChanged(node));
  }

  @Override
  public void nameChanged(long directory, Name name) {
    long node = nodes.node(directory);
    tell(() -> {
      notifications.nameChanged(node, name);
      notifications.contentChanged(node);
    });
  }

  private void tell(News news) {
    if (session.isServedHere() || session.hasEnded()) {
      return;
    }
    try {
      background.execute(() -> {
        try {
          news.tell();
        } catch (StorageException e) {
          LOG.log(Level.ERROR, "the kernel was not told of a change", e);
        }
      });
    } catch (RejectedExecutionException e) {
      LOG.log(Level.DEBUG, "unmounted meanwhile", e);
    }
  }
}
