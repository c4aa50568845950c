import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.introspect.AnnotatedMember;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import com.plivo.api.PlivoClient;
import com.plivo.api.exceptions.ResourceNotFoundException;
import com.plivo.api.models.base.ListResponse;
import com.plivo.api.models.base.Meta;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;

/** What answers have to be once the SDK has parsed them. */
final class Expect {
  static final String UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";
  static final String TIME = "\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d(\\.\\d{1,6})?(\\+00:00)?";
  static final String RFC_3339 = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?Z";
  static final String AMOUNT = "\\d+\\.\\d{5}";
  /** What the SDK's classes hold for themselves. */
  private static final List<String> NOT_OF_THE_ANSWER = List.of("plivo_client", "id");

  private Expect() {}

  static void that(boolean holds, String what) {
    if (!holds) throw new AssertionError(what);
  }

  static void equal(Object expected, Object actual) {
    that(Objects.equals(expected, actual), "expected " + expected + ", not " + actual);
  }

  static String matches(String pattern, String actual) {
    that(actual != null && actual.matches(pattern), "expected " + pattern + ", not " + actual);
    return actual;
  }

  static <T> T given(T value, String what) {
    that(value != null, "there is no " + what);
    return value;
  }

  static <T> T only(Collection<T> all) {
    equal(1, given(all, "list").size());
    return all.iterator().next();
  }

  /**
   * Everything that the SDK reads of this answer is there, but those named, which may be null or empty. A wrong type does not get this
   * far: the SDK refuses it.
   */
  static <T> T filled(T answer, String... mayBeEmpty) {
    given(answer, "answer");
    List<String> missing = new ArrayList<>();
    DeserializationConfig config = PlivoClient.getObjectMapper().getDeserializationConfig();
    BeanDescription read = config.introspect(config.constructType(answer.getClass()));
    for (BeanPropertyDefinition property : read.findProperties()) {
      boolean wanted = property.couldDeserialize() && !NOT_OF_THE_ANSWER.contains(property.getName());
      if (wanted && isEmpty(property, answer)) missing.add(property.getName());
    }
    missing.removeAll(Arrays.asList(mayBeEmpty));
    that(missing.isEmpty(), answer.getClass().getSimpleName() + " has nothing in " + missing);
    return answer;
  }

  /** The same for an object that is part of an answer: the `api_id` is beside it. */
  static <T> T part(T object, String... mayBeEmpty) {
    String[] names = Arrays.copyOf(mayBeEmpty, mayBeEmpty.length + 1);
    names[mayBeEmpty.length] = "api_id";
    return filled(object, names);
  }

  private static boolean isEmpty(BeanPropertyDefinition property, Object holder) {
    Object value = valueOf(property, holder);
    if (value instanceof JsonNode) return ((JsonNode) value).isNull();
    if (value instanceof Collection) return ((Collection<?>) value).isEmpty();
    return value == null || "".equals(value);
  }

  /** By the getter, or out of the private field where the SDK has only a setter. */
  private static Object valueOf(BeanPropertyDefinition property, Object holder) {
    AnnotatedMember member = property.hasGetter() ? property.getGetter() : property.getField();
    try {
      if (member == null) {
        Field field = holder.getClass().getDeclaredField(property.getInternalName());
        field.setAccessible(true);
        return field.get(holder);
      }
      member.fixAccess(true);
      return member.getValue(holder);
    } catch (ReflectiveOperationException error) {
      throw new IllegalStateException(property.getName() + " cannot be looked at", error);
    }
  }

  /** A list of the usual form that has something in it. */
  static <T> List<T> listed(ListResponse<T> answer) throws Exception {
    matches(UUID, given(answer, "answer").getApiId());
    meta(answer.getMeta());
    return some(answer.getObjects());
  }

  static void meta(Meta meta) throws Exception {
    that(given(meta, "meta").getLimit() > 0 && meta.getOffset() >= 0, "limit and offset");
    that(meta.getTotalCount() > 0, "total_count is " + meta.getTotalCount());
  }

  static <T> List<T> some(List<T> objects) {
    that(!given(objects, "list").isEmpty(), "the list is empty");
    return objects;
  }

  static void gone(Report.Step step) throws Exception {
    try {
      step.take();
    } catch (ResourceNotFoundException expected) {
      return;
    }
    throw new AssertionError("it is still there");
  }
}
