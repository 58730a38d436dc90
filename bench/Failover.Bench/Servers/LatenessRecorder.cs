using System.Diagnostics.Metrics;

namespace Failover;

/// <summary>Listens to how late turns of background loops begin, as any program can.</summary>
internal sealed class LatenessRecorder : IDisposable
{
    private const string Instrument = "failover.background.lateness";

    private readonly MeterListener listener = new();
    private readonly Lock gate = new();
    private List<double> seconds = [];

    public LatenessRecorder()
    {
        listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument is { Meter.Name: BackgroundMetrics.MeterName, Name: Instrument })
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<double>((_, value, _, _) => Add(value));
        listener.Start();
    }

    /// <summary>What was recorded since the last time, in seconds.</summary>
    public Distribution Take()
    {
        lock (gate)
        {
            Distribution taken = new(seconds);
            seconds = [];
            return taken;
        }
    }

    public void Dispose() => listener.Dispose();

    private void Add(double value)
    {
        lock (gate)
        {
            seconds.Add(value);
        }
    }
}
