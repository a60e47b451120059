"""Compile and run a program, make a jar of it, fetch nothing; what Java says of itself."""

import json
import os
import subprocess
import tempfile
from pathlib import Path

SOURCE = """
import java.security.KeyStore;
import java.io.FileInputStream;
import java.util.Collections;
import java.util.TreeSet;
import java.util.stream.IntStream;

class Main {
    public static void main(String[] files) throws Exception {
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(new FileInputStream(System.getProperty("java.home") + "/lib/security/cacerts"),
            "changeit".toCharArray());
        TreeSet<Long> dates = new TreeSet<>();
        for (String alias : Collections.list(trusted.aliases())) {
            dates.add(trusted.getCreationDate(alias).getTime() / 1000);
        }
        System.out.println(IntStream.rangeClosed(1, 100).parallel().map(n -> n * n).sum()
            + " " + trusted.size() + " " + System.getProperty("java.specification.version")
            + " " + dates.size() + " " + dates.last());
    }
}
"""


def run(*argv):
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else f"{argv[0]}: {done.stderr}"


os.chdir(tempfile.mkdtemp())
Path("Main.java").write_text(SOURCE)
at_once = run("java", "Main.java")
compiled = run("javac", "-d", "classes", "Main.java")
packed = run("jar", "--create", "--file=main.jar", "--main-class=Main", "-C", "classes", ".")
home = run("bash", "-lc", "echo ${JAVA_HOME:-unset}")
print(
    json.dumps(
        {
            "at_once": at_once.split(),
            "compiled": compiled,
            "packed": packed,
            "from_jar": run("java", "-jar", "main.jar").split(),
            "home": home,
            "home_has_java": Path(home, "bin", "java").is_file(),
        }
    )
)
