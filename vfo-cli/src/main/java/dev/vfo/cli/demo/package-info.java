/**
 * The demo: real processes, real files, real {@code kill -9}. {@link dev.vfo.cli.demo.DemoCommand}
 * runs the parts, each a {@link dev.vfo.cli.demo.DemoPart}; what is killed is a {@link
 * dev.vfo.cli.demo.Worker}, another JVM. One thread but for what ends workers that hang.
 */
package dev.vfo.cli.demo;
