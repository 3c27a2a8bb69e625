# shellcheck shell=bash
# launch.sh: what the launchers of node and relay share. To be sourced, with these set:
#   name             of the command
#   module           the directory of its module, next to this one's
#   daemon_command   the command that runs the daemon
#   run_until_ready  a function: runs the daemon (the words before its arguments, then some of these)
#                    until it is ready, for the class-data archive
# and then: launch "$@". JAVA_HOME, else java on the PATH, must be Java 17 or newer; the jar is built
# with Maven when it is missing. QUICMESH_JAVA_OPTS adds options of the JVM.

# shellcheck disable=SC2154 # name, module and the others are the launcher's
root=$(dirname "$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")")
home=$root/$module

fail() {
  echo "$name: $1" >&2
  exit 1
}

find_jar() {
  jar=
  local candidate
  for candidate in "$home/target/$module"-[0-9]*.jar; do
    case $candidate in
      *-tests.jar | *-sources.jar | *-javadoc.jar) ;;
      *) [[ -f $candidate ]] && jar=$candidate ;;
    esac
  done
  [[ -n $jar ]]
}

# Several commands may start at once; the others wait and find the jar.
build_jar() {
  command -v mvn > /dev/null ||
    fail "the jar is missing and there is no mvn to build it: install Maven 3.8 or newer"
  exec 9< "$root/pom.xml"
  if command -v flock > /dev/null; then
    flock 9
  fi
  if ! find_jar; then
    echo "$name: building $home/target (once)" >&2
    (cd "$root" && mvn -q -B -Dmaven.test.skip=true -Dspotless.check.skip -Djacoco.skip \
      -pl "$module" -am package 9<&- >&2) || fail "the build failed: see above"
    find_jar || fail "the build made no jar in $home/target"
  fi
  exec 9<&-
}

find_java() {
  if [[ -n ${JAVA_HOME:-} ]]; then
    java=$JAVA_HOME/bin/java
    [[ -x $java ]] || fail "JAVA_HOME is $JAVA_HOME and has no bin/java: unset or correct it"
  else
    java=$(command -v java) || fail "there is no java: install Java 17 or newer, or set JAVA_HOME"
  fi
  local real line
  real=$(readlink -f "$java")
  major=
  # The release file spares a JVM start, which costs more than all the rest here.
  if [[ -r ${real%/bin/java}/release ]]; then
    while IFS= read -r line; do
      [[ $line == JAVA_VERSION=* ]] && major=${line#*\"}
    done < "${real%/bin/java}/release"
  fi
  if [[ -z $major ]]; then
    major=$("$java" -version 2>&1) || fail "$java does not run"
    major=${major#*\"}
  fi
  major=${major%%[._\"]*}
  [[ $major =~ ^[0-9]+$ && $major -ge 17 ]] || fail "$java is Java $major: 17 or newer is needed"
}

# The first argument that is neither an option nor the value of --state-dir.
find_command() {
  command=
  local value=
  local argument
  for argument in "$@"; do
    if [[ -n $value ]]; then
      value=
    elif [[ $argument == --state-dir ]]; then
      value=next
    elif [[ $argument != -* ]]; then
      command=$argument
      return
    fi
  done
}

# Native code lies beside the jar, so a start need not unpack it. Netty and JNA load it on purpose: no
# warnings about it where the JVM has such.
native_flags() {
  local machine=${HOSTTYPE/_/-}
  flags+=(
    -Djava.library.path="$home/target/native/META-INF/native"
    -Djna.boot.library.path="$home/target/native/com/sun/jna/linux-$machine"
  )
  if ((major >= 22)); then
    flags+=(--enable-native-access=ALL-UNNAMED)
  fi
  if ((major >= 23)); then
    flags+=(--sun-misc-unsafe-memory-access=allow)
  fi
}

# A bounded process that starts small; one thread does the work, so a serial collector is enough.
daemon_flags() {
  flags=(
    -Xms20m -XX:NewSize=5m -Xmx256m -XX:MaxDirectMemorySize=512m -XX:MaxMetaspaceSize=128m
    -XX:ReservedCodeCacheSize=64m -XX:+UseSerialGC -XX:+ExitOnOutOfMemoryError
    # The best code is for what runs for every packet. It costs most to compile, so what only the start
    # makes hot goes without (it would be a third of the start), and while the compiler is behind,
    # methods get code that counts less.
    -XX:Tier4InvocationThreshold=40000 -XX:Tier4MinInvocationThreshold=10000
    -XX:Tier4CompileThreshold=80000 -XX:Tier4BackEdgeThreshold=240000 -XX:Tier3DelayOn=0
    # But nothing replaces it where the processor has instructions for the work: less good code takes
    # 20 times as long for AES-GCM.
    -XX:CompileCommand=quiet
    "-XX:CompileCommand=CompileThresholdScaling,com.sun.crypto.provider.*::*,0.05"
    # Gives back what compiling needed; JVMs that have no such option say nothing.
    -XX:+IgnoreUnrecognizedVMOptions -XX:TrimNativeHeapInterval=3000
    -Xshare:auto -Xlog:disable -Xlog:all=error:stderr
    -Dio.netty.leakDetection.level=disabled
    # Chunks of buffers become resident where they are used only (Add-Opens of the jar's manifest goes
    # with it); one kind of allocator with one arena for all threads, of which one needs much.
    -Dio.netty.tryReflectionSetAccessible=true
    -Dio.netty.allocator.type=pooled -Dio.netty.allocator.numDirectArenas=1
    # Nobody records events of buffers, and the recorder's classes are not in the class-data archive.
    -Dio.netty.jfr.enabled=false
    # JNA needs the C library only, which the loader finds; to look for others it would run ldconfig.
    -Djna.platform.library.path=
  )
  native_flags
}

# A short command: what counts is how soon it starts. It has no native code.
cli_flags() {
  flags=(
    -Xms16m -Xmx128m -XX:+UseSerialGC -XX:TieredStopAtLevel=1
    -Xshare:auto -Xlog:disable -Xlog:all=error:stderr
  )
}

# Class-data sharing saves half of the start. The first short command writes two archives beside the
# jar, one of each kind of process; without them, or when they do not fit, all works the same. It is
# tried once for each build: on a JVM that cannot, no later command takes the time again.
archive_of() {
  archive=$home/target/cds/$1-$major-$stamp.jsa
}

# An archive fits only the very jars that it was made of.
find_stamp() {
  local newest=$jar candidate
  for candidate in "$home/target/lib"/*.jar; do
    [[ $candidate -nt $newest ]] && newest=$candidate
  done
  stamp=$(stat -c %Y "$newest")
}

make_archives() {
  local making=$home/target/cds/making tried=$home/target/cds/tried-$major-$stamp
  [[ ! -f $tried ]] || return 0
  # What a killed command left behind.
  find "$making" -maxdepth 0 -mmin +5 -exec rm -rf {} + 2> /dev/null || true
  mkdir -p "$home/target/cds" 2> /dev/null && mkdir "$making" 2> /dev/null || return 0
  rm -f "$home/target/cds"/*-"$major"-*
  daemon_flags
  make_archive daemon run_until_ready --state-dir "$making/state"
  cli_flags
  make_archive cli env --state-dir "$making/none" status
  : > "$tried"
  rm -rf "$making"
}

make_archive() { # KIND AROUND ARGUMENT...
  archive_of "$1"
  "$2" "$java" "${flags[@]}" -XX:ArchiveClassesAtExit="$making/$1" -jar "$jar" "${@:3}" \
    > /dev/null 2>&1 < /dev/null || true
  [[ ! -f $making/$1 ]] || mv "$making/$1" "$archive"
}

use_archive() {
  archive_of "$1"
  [[ ! -f $archive ]] || flags+=(-XX:SharedArchiveFile="$archive")
}

launch() {
  find_java
  find_jar || build_jar
  find_command "$@"
  find_stamp
  if [[ $command == "$daemon_command" ]]; then
    daemon_flags
    use_archive daemon
  else
    make_archives
    cli_flags
    use_archive cli
  fi
  # shellcheck disable=SC2086 # several options are several words
  exec "$java" "${flags[@]}" ${QUICMESH_JAVA_OPTS:-} -jar "$jar" "$@"
}
