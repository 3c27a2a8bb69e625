package io.quicmesh.lab.emulator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quicmesh.lab.link.LinkDirection;
import io.quicmesh.lab.link.LinkSettings;
import io.quicmesh.lab.link.LinkWords;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Carries out one-line commands and answers each with one line: {@code ok}, JSON, or {@code error:}
 * and why. On the emulator's thread.
 */
final class CommandInterpreter {

  static final String USAGE =
      "set WHICH WORD... | pause WHICH | resume WHICH | cut WHICH | mend WHICH | carrier END on|off"
          + " | link A=[NS:]IF,B=[NS:]IF [MTU] | show | stats | stop; WHICH is a-b (one direction), a+b (both) or all";

  private static final int DEFAULT_MTU = 1500;

  private final Emulator emulator;
  private final ObjectMapper json = new ObjectMapper();

  CommandInterpreter(Emulator emulator) {
    this.emulator = emulator;
  }

  String execute(String line) {
    try {
      return executeWords(line.trim().split("\\s+", 3));
    } catch (IllegalArgumentException | IOException e) {
      return "error: " + e.getMessage();
    }
  }

  private String executeWords(String[] words) throws IOException {
    long nowNanos = System.nanoTime();
    String rest = words.length > 2 ? words[2] : "";
    return switch (words[0]) {
      case "set" -> set(words, rest, nowNanos);
      case "pause" -> each(words, direction -> direction.pause(nowNanos));
      case "resume" -> each(words, direction -> direction.resume(nowNanos));
      case "cut" -> each(words, LinkDirection::cut);
      case "mend" -> each(words, LinkDirection::mend);
      case "link" -> link(words, rest);
      case "carrier" -> carrier(words, rest);
      case "show" -> show();
      case "stats" -> stats();
      case "stop" -> stop();
      case "help" -> USAGE;
      default -> throw new IllegalArgumentException("unknown command " + words[0] + ": " + USAGE);
    };
  }

  /** All directions are checked before the first is changed. */
  private String set(String[] words, String settings, long nowNanos) {
    List<LinkDirection> directions = directions(words);
    List<LinkSettings> changed = new ArrayList<>();
    for (LinkDirection direction : directions) {
      changed.add(LinkWords.apply(settings, direction.settings()));
    }
    for (int i = 0; i < directions.size(); i++) {
      directions.get(i).configure(changed.get(i), nowNanos);
    }
    emulator.settingsChanged();
    return "ok";
  }

  private String each(String[] words, Consumer<LinkDirection> action) {
    directions(words).forEach(action);
    return "ok";
  }

  private List<LinkDirection> directions(String[] words) {
    if (words.length < 2) {
      throw new IllegalArgumentException(words[0] + " what? " + USAGE);
    }
    List<LinkDirection> directions =
        emulator.flows().stream()
            .filter(flow -> flow.matches(words[1]))
            .map(LinkFlow::direction)
            .collect(Collectors.toList());
    if (directions.isEmpty()) {
      String names = emulator.flows().stream().map(LinkFlow::name).collect(Collectors.joining(" "));
      throw new IllegalArgumentException("no direction is " + words[1] + "; there are " + names);
    }
    return directions;
  }

  private String link(String[] words, String mtu) throws IOException {
    if (words.length < 2) {
      throw new IllegalArgumentException("link wants two ends: A=[NS:]IF,B=[NS:]IF");
    }
    emulator.join(LinkRef.parse(words[1]), mtu.isEmpty() ? DEFAULT_MTU : Integer.parseInt(mtu));
    return "ok";
  }

  private String carrier(String[] words, String state) throws IOException {
    LinkEnd end = words.length < 2 ? null : emulator.ends().get(words[1]);
    if (end == null || !state.matches("on|off")) {
      throw new IllegalArgumentException(
          "carrier wants an end ("
              + String.join(" ", emulator.ends().keySet())
              + ") and on or off");
    }
    end.setCarrier(state.equals("on"));
    return "ok";
  }

  private String show() throws JsonProcessingException {
    Map<String, String> settings = new LinkedHashMap<>();
    for (LinkFlow flow : emulator.flows()) {
      settings.put(flow.name(), LinkWords.write(flow.direction().settings()));
    }
    return json.writeValueAsString(settings);
  }

  private String stats() throws IOException {
    return json.writeValueAsString(EmulatorStats.of(emulator));
  }

  private String stop() {
    emulator.stop();
    return "ok";
  }
}
