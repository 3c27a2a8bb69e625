package io.quicmesh.node.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What is different between two configs, by keys such as {@code tap.mtu}.
 *
 * @param whileRunning keys that a running node can take over
 * @param onRestart keys that count from the next start on
 */
public record ConfigChange(List<String> whileRunning, List<String> onRestart) {

  /** Keys, and beginnings of keys, that a running node can take over. */
  private static final List<String> LIVE =
      List.of(
          "log.",
          "direct.peers",
          "switching.macs-per-peer",
          "switching.ageing",
          "switching.broadcasts-per-second",
          "switching.broadcast-burst");

  public ConfigChange {
    whileRunning = List.copyOf(whileRunning);
    onRestart = List.copyOf(onRestart);
  }

  /** Compares what is written, not what it means: a default that is written out is a change. */
  public static ConfigChange between(NodeConfig before, NodeConfig after) {
    Map<String, JsonNode> old = keys(before);
    Map<String, JsonNode> now = keys(after);
    Set<String> all = new TreeSet<>(old.keySet());
    all.addAll(now.keySet());
    List<String> live = new ArrayList<>();
    List<String> restart = new ArrayList<>();
    for (String key : all) {
      JsonNode was = old.get(key);
      if (was == null || !was.equals(now.get(key))) {
        (LIVE.stream().anyMatch(key::startsWith) ? live : restart).add(key);
      }
    }
    return new ConfigChange(live, restart);
  }

  private static Map<String, JsonNode> keys(NodeConfig config) {
    ObjectMapper mapper =
        new ObjectMapper().setPropertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE);
    Map<String, JsonNode> keys = new TreeMap<>();
    collect("", mapper.valueToTree(config), keys);
    return keys;
  }

  private static void collect(String path, JsonNode node, Map<String, JsonNode> keys) {
    if (!node.isObject()) {
      if (!node.isNull()) {
        keys.put(path, node);
      }
      return;
    }
    for (Map.Entry<String, JsonNode> each : node.properties()) {
      collect(path.isEmpty() ? each.getKey() : path + "." + each.getKey(), each.getValue(), keys);
    }
  }
}
