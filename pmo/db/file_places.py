"""On what kind of file system a file lies, by the kernel's list of mounts."""

from __future__ import annotations

from pathlib import Path

ON_THE_NETWORK = frozenset(
    {"9p", "afs", "beegfs", "ceph", "cifs", "davfs", "fuse.glusterfs", "fuse.s3fs", "fuse.sshfs", "gfs2", "glusterfs"}
    | {"lustre", "ncpfs", "nfs", "nfs4", "ocfs2", "smb3", "smbfs", "virtiofs"}
)


def network_place(path: Path, mounts: str) -> str | None:
    """The kind of network file system that holds an absolute path, or None for a local one.

    ``mounts`` is the text of ``/proc/mounts``: the longest mount point above the path counts, the last one of equals.
    """
    longest, kind = -1, ""
    for line in mounts.splitlines():
        fields = line.split()
        if len(fields) < 3:
            continue
        point = Path(fields[1].encode("latin-1", "replace").decode("unicode_escape"))
        if (point == path or point in path.parents) and len(point.parts) >= longest:
            longest, kind = len(point.parts), fields[2]
    return kind if kind in ON_THE_NETWORK else None
