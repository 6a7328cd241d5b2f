"""What happens when things break: processes, connections, servers. Nothing may be lost or doubled."""
