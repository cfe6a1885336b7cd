package dev.vfo.testkit.model;

import dev.vfo.storage.Errno;
import dev.vfo.storage.FileType;
import dev.vfo.storage.StorageException;
import java.util.List;

/** The extended attributes of the model's files, access control lists among them. */
public final class ModelXattrs {
  /** Taken away by whatever changes content or owner. */
  public static final String CAPABILITY = "security.capability";

  private ModelXattrs() {}

  /** Those names of extended attributes that no system puts on files by itself, ascending. */
  public static List<String> comparable(List<String> attributes) {
    return attributes.stream().filter(name -> isComparable(name)).sorted().toList();
  }

  private static boolean isComparable(String name) {
    return name.startsWith("user.")
        || name.startsWith("trusted.")
        || name.equals(CAPABILITY)
        || name.equals(AccessLists.ACCESS);
  }

  static byte[] get(ModelFile file, String attribute) throws StorageException {
    byte[] value = file.xattrs.get(attribute);
    if (value == null) {
      throw refuse(Errno.ENODATA, attribute);
    }
    return value.clone();
  }

  static void set(ModelFile file, String attribute, byte[] value) throws StorageException {
    requireSettable(file, attribute);
    if (!attribute.equals(AccessLists.ACCESS)) {
      file.xattrs.put(attribute, value.clone());
      return;
    }
    file.mode = AccessLists.mode(value, file.mode);
    if (AccessLists.isPlain(value)) {
      file.xattrs.remove(attribute);
    } else {
      file.xattrs.put(attribute, value.clone());
    }
  }

  static void remove(ModelFile file, String attribute) throws StorageException {
    requireSettable(file, attribute);
    boolean isThere = file.xattrs.remove(attribute) != null;
    // A mode is a list, too.
    if (!isThere && !attribute.equals(AccessLists.ACCESS)) {
      throw refuse(Errno.ENODATA, attribute);
    }
  }

  private static void requireSettable(ModelFile file, String attribute) throws StorageException {
    if (attribute.startsWith("user.") && file.type != FileType.REGULAR && !file.isDirectory()) {
      throw refuse(Errno.EPERM, attribute);
    }
  }

  static List<String> list(ModelFile file) {
    return comparable(List.copyOf(file.xattrs.keySet()));
  }

  private static StorageException refuse(Errno errno, String attribute) {
    return new StorageException(errno, "use attribute", attribute);
  }
}
