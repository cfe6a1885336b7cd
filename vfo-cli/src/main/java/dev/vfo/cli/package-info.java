/**
 * The command line {@code vfo}: {@link dev.vfo.cli.Main} with a class for each command. Commands
 * print to a {@link dev.vfo.cli.Terminal}, end with one of {@link dev.vfo.cli.ExitCode}, and find
 * roots through {@link dev.vfo.cli.RootFinder}. One thread.
 */
package dev.vfo.cli;
