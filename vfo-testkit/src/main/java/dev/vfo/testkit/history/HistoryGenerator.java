package dev.vfo.testkit.history;

import dev.vfo.testkit.model.FileModel;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Makes histories: the same profile and seed always make the same one. It keeps a model of what it
 * has done so far, so that four operations of five succeed; there are few names, so that they meet
 * again and again. Immutable and thread safe.
 */
public final class HistoryGenerator {
  private static final List<Move> SETUP_MOVES =
      List.of(
          Move.CREATE,
          Move.CREATE,
          Move.CREATE,
          Move.MAKE_DIRECTORY,
          Move.MAKE_DIRECTORY,
          Move.MAKE_DEEP,
          Move.LINK,
          Move.SYMLINK,
          Move.WRITE_AT,
          Move.SET_TIMES,
          Move.CHANGE_MODE);

  private final Profile profile;
  private final int totalWeight;

  /** A generator for one kind of histories. */
  public HistoryGenerator(Profile profile) {
    this.profile = profile;
    this.totalWeight = profile.weights().values().stream().mapToInt(Integer::intValue).sum();
  }

  /** The history of a seed. */
  public History generate(long seed) {
    CheckpointModel empty = new CheckpointModel(new FileModel(() -> 0, 0, 0, 0755));
    Draft draft = new Draft(profile, new SplittableRandom(seed), empty);
    DataMoves data = new DataMoves(draft);
    NameMoves names = new NameMoves(draft, data);
    ControlMoves control = new ControlMoves(draft);
    for (int i = about(draft, profile.limits().setupMoves()); i > 0; i--) {
      make(SETUP_MOVES.get(draft.below(SETUP_MOVES.size())), data, names, control);
    }
    List<FileOperation> setup = draft.endSetup();
    for (int i = about(draft, profile.limits().moves()); i > 0; i--) {
      make(choose(draft.below(totalWeight)), data, names, control);
    }
    if (profile.weights().containsKey(Move.CHECKPOINT) && !draft.oneIn(3)) {
      control.checkpoint();
    }
    return new History(seed, profile.name(), setup, draft.operations());
  }

  /**
   * More operations for a subject that is in the middle of something.
   *
   * @param state where it is; is changed by what is made
   * @param moves how many moves
   */
  public List<Operation> goOn(CheckpointModel state, long seed, int moves) {
    Draft draft = new Draft(profile, new SplittableRandom(seed), state);
    DataMoves data = new DataMoves(draft);
    NameMoves names = new NameMoves(draft, data);
    ControlMoves control = new ControlMoves(draft);
    for (int i = 0; i < moves; i++) {
      make(choose(draft.below(totalWeight)), data, names, control);
    }
    return draft.operations();
  }

  /** A number from half of {@code mean} to one and a half of it. */
  private static int about(Draft draft, int mean) {
    return mean / 2 + draft.below(mean + 1);
  }

  private Move choose(int ticket) {
    int left = ticket;
    for (Move move : Move.values()) {
      left -= profile.weights().getOrDefault(move, 0);
      if (left < 0) {
        return move;
      }
    }
    throw new AssertionError("weights changed");
  }

  private static void make(Move move, DataMoves data, NameMoves names, ControlMoves control) {
    switch (move) {
      case OPEN -> data.open();
      case CREATE -> data.create();
      case UNNAMED -> data.unnamed();
      case CLOSE -> data.close();
      case WRITE_AT -> data.writeAt();
      case WRITE_NEXT -> data.writeNext();
      case READ_AT -> data.readAt();
      case READ_NEXT -> data.readNext();
      case SEEK -> data.seek();
      case TRUNCATE -> data.truncate();
      case CUT_AND_GROW -> data.cutAndGrow();
      case ALLOCATE -> data.allocate();
      case PUNCH -> data.punch();
      case STAT -> {
        names.stat();
        data.statHandle();
      }
      case LIST -> names.list();
      case UNLINK -> names.unlink();
      case REPLACE -> names.replace();
      case ORPHAN -> names.orphan();
      case PASSING -> names.passing();
      case SAVE -> names.save();
      case RENAME -> names.rename();
      case RENAME_OVER -> names.renameOver();
      case MOVE_DIRECTORY -> names.moveDirectory();
      case SWAP -> names.swap();
      case CIRCLE -> names.circle();
      case TURN_ROUND -> names.turnRound();
      case EXCHANGE -> names.exchange();
      case MAKE_DIRECTORY -> names.makeDirectory();
      case MAKE_DEEP -> names.makeDeep();
      case REMOVE_DIRECTORY -> names.removeDirectory();
      case REMOVE_TREE -> names.removeTree();
      case LINK -> names.link();
      case SYMLINK -> names.symlink();
      case SPECIAL -> names.special();
      case CHANGE_MODE -> names.changeMode();
      case CHANGE_OWNER -> names.changeOwner();
      case XATTRS -> names.xattrs();
      case SET_TIMES -> names.setTimes();
      case WILD -> names.wild();
      case CHECKPOINT -> control.checkpoint();
      case SEAL -> control.seal();
      case COMMIT -> control.commit();
      case ROLLBACK -> control.rollback();
      case AWAIT_APPLIED -> control.awaitApplied();
      case BACKGROUND -> control.background();
      case REOPEN -> control.reopen();
    }
  }
}
