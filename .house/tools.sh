# Finds, or installs, what the project is built with: JDK 25 and Maven.
# Sourced by ./vfo, ./test and .ci/run; plain sh. The caller sets `me`, the name in its messages.
#
#   find_jdk       sets JDK to the home of a JDK that is new enough; false when there is none
#   need_jdk       the same, but installs one, or says what to install and ends the script with 125
#   need_tools     need_jdk, and the same for Maven; sets MVN; exports JAVA_HOME

jdk_wanted=25

# Sets `major` to the version of the JDK in folder $1; false if there is none. Starts no process: this is on the way of
# every ./vfo.
jdk_major() {
  major=0
  [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 1
  while IFS= read -r line || [ -n "$line" ]; do
    case $line in
      JAVA_VERSION=\"*)
        major=${line#JAVA_VERSION=\"}
        major=${major%%[!0-9]*}
        ;;
    esac
  done <"$1/release"
  [ "${major:-0}" -gt 0 ]
}

# JAVA_HOME if it is new enough; then the usual folders: the wanted version itself before newer ones, with which nobody
# has tried this project; then the java on the path.
find_jdk() {
  JDK=
  newer=
  if [ -n "${JAVA_HOME-}" ] && jdk_major "$JAVA_HOME" && [ "$major" -ge "$jdk_wanted" ]; then
    JDK=$JAVA_HOME
    return 0
  fi
  for dir in /usr/lib/jvm/* /usr/local/lib/jvm/* /usr/java/* /opt/* /opt/java/* /opt/jdk/* /usr/local/*jdk* \
    "${HOME-}"/.sdkman/candidates/java/* "${HOME-}"/.jdks/* "${HOME-}"/.asdf/installs/java/* \
    "${HOME-}"/.local/share/mise/installs/java/*; do
    jdk_major "$dir" || continue
    if [ "$major" -eq "$jdk_wanted" ]; then
      JDK=$dir
      return 0
    elif [ "$major" -gt "$jdk_wanted" ]; then
      newer=$dir
    fi
  done
  JDK=$newer
  [ -z "$JDK" ] || return 0
  dir=$(command -v javac) && dir=$(readlink -f "$dir") || return 1
  dir=${dir%/bin/javac}
  if jdk_major "$dir" && [ "$major" -ge "$jdk_wanted" ]; then
    JDK=$dir
    return 0
  fi
  return 1
}

find_maven() {
  MVN=$(command -v mvn) && return 0
  for dir in "${MAVEN_HOME-}" "${M2_HOME-}" /usr/share/maven /opt/maven /opt/apache-maven-* \
    "${HOME-}"/.sdkman/candidates/maven/current; do
    if [ -x "$dir/bin/mvn" ]; then
      MVN=$dir/bin/mvn
      return 0
    fi
  done
  return 1
}

# apt_install PACKAGE...: false unless this is root on a system whose apt has them all. Says so in one line.
apt_install() {
  [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null || return 1
  apt_has "$@" || { apt_quiet update && apt_has "$@"; } || return 1
  echo "$me: installing $* (apt-get)" >&2
  apt_quiet install --no-install-recommends "$@"
}

apt_has() {
  for package in "$@"; do
    case $(LC_ALL=C apt-cache policy "$package" 2>/dev/null) in
      '' | *'Candidate: (none)'*) return 1 ;;
    esac
  done
}

# Its output is shown only when it fails; $top/target is made by the first build anyway.
apt_quiet() {
  mkdir -p "$top/target"
  if ! DEBIAN_FRONTEND=noninteractive apt-get -y "$@" </dev/null >"$top/target/apt.log" 2>&1; then
    echo "$me: apt-get $1 failed:" >&2
    tail -n 5 "$top/target/apt.log" >&2
    return 1
  fi
}

no_jdk() {
  echo "$me: needs JDK $jdk_wanted or later: install openjdk-$jdk_wanted-jdk-headless or Temurin $jdk_wanted, or set JAVA_HOME to one" >&2
  exit 125
}

need_jdk() {
  find_jdk || { apt_install "openjdk-$jdk_wanted-jdk-headless" && find_jdk; } || no_jdk
}

need_tools() {
  if ! find_jdk && ! find_maven; then
    apt_install "openjdk-$jdk_wanted-jdk-headless" maven || no_jdk
  fi
  need_jdk
  if ! find_maven && ! { apt_install maven && find_maven; }; then
    echo "$me: needs Maven 3.8 or later: install the package maven, or put mvn on the path" >&2
    exit 125
  fi
  JAVA_HOME=$JDK
  export JAVA_HOME
}
