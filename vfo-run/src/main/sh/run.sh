#!/bin/sh
# Starts a job: `run.sh COMMAND...`, where COMMAND is the supervisor, a JVM.
#
# Outside there is this script, which only hands signals on. Inside, in a process and a mount namespace of their own, it is
# the first process; the supervisor has a session of its own, and the job's program is in the foreground, with the caller's
# session and terminal. Whoever of them is killed, all are gone, and every mount with them.
#
# What they say to each other are lines. To the supervisor (its standard input): `exit CODE`, what became of the program;
# `term`, somebody wants an end. From it (descriptor 4): `+TEXT`, a line of a script; `run`, run that script in the
# foreground; `again`, all from the beginning; `code CODE`, the end. Descriptor 6 ends when the script outside does.
set -u

inside() {
  trap : INT QUIT
  round=0
  while :; do
    round=$((round + 1))
    export VFO_ROUND=$round
    # When the supervisor is gone, for whatever reason, nothing of the job may go on.
    (
      trap '' INT QUIT
      setsid --wait "$@" <&3 >&2
      code=$?
      kill -KILL -1 2>/dev/null
      echo "lost $round $code" >&4
    ) &
    script=
    while IFS= read -r line <&4; do
      case $line in
        +*)
          script=$script${line#+}'
'
          ;;
        run)
          sh -c "$script" 3>&- 4>&- 6<&-
          echo "exit $?" >&3
          ;;
        again)
          kill -KILL -1 2>/dev/null
          wait
          break
          ;;
        'code '*) exit "${line#code }" ;;
        "lost $round 2") exit 2 ;;
        "lost $round "*) exit 125 ;;
      esac
    done
  done
}

if [ "${1-}" = --inside ]; then
  shift
  inside "$@"
fi

fail() {
  echo "vfo: $*" >&2
  exit 125
}

[ "$(id -u)" -eq 0 ] || fail 'a job needs root, as of now'
for tool in unshare nsenter setsid mkfifo; do
  command -v "$tool" >/dev/null || fail "needs $tool, of the package util-linux or coreutils"
done

folder=$(mktemp -d) && mkfifo "$folder/ask" "$folder/tell" "$folder/alive" || fail 'cannot make a folder for temporary files'
exec 8<&0 3<>"$folder/ask" 4<>"$folder/tell" 5<>"$folder/alive" 6<"$folder/alive" 7>"$folder/alive" 5>&-
rm -r "$folder"
# Who wants the job to end sends a signal here.
export VFO_LAUNCHER=$$
trap 'echo term >&3' TERM HUP
trap : INT QUIT
# A command in the background would ignore Ctrl-C, and all that it starts; and it would read nothing.
env --default-signal=INT --default-signal=QUIT \
  unshare --pid --mount --propagation private --mount-proc --fork --kill-child=KILL \
  sh "$0" --inside "$@" <&8 7>&- 8<&- &
inside=$!
exec 6<&- 8<&-
while :; do
  wait "$inside"
  code=$?
  kill -0 "$inside" 2>/dev/null || exit "$code"
done
