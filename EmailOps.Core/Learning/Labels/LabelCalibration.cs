namespace EmailOps.Core.Learning.Labels;

/// <summary>
/// Makes margins into probabilities: logistic(slope * margin + offset of the label). The slope is common to all labels, an offset is drawn to the common one by a prior, so that a
/// label with five examples is calibrated by the others and one with five hundred by its own (after Platt 1999, "Probabilistic Outputs for Support Vector Machines").
/// </summary>
internal sealed record LabelCalibration(float Slope, float[] Offsets)
{
    /// <summary>Strength of the prior on a label's own offset.</summary>
    private const double Prior = 2;
    private const int Rounds = 25;

    public float Probability(int label, float margin) => 1 / (1 + MathF.Exp(-(Slope * margin + Offsets[label])));

    /// <summary>Maximum posterior by Newton's method, in turns: slope and common offset, then each label's own.</summary>
    /// <param name="margins">Held-out margins of each text.</param>
    /// <param name="has">Whether text i has label k; null: nobody knows.</param>
    public static LabelCalibration Fit(float[][] margins, int labels, Func<int, int, bool?> has)
    {
        double slope = 2, common = 0;
        var own = new double[labels];
        for (var round = 0; round < Rounds; round++)
        {
            // The weak prior on the slope keeps perfectly separated texts from asking for an endless one.
            double gs = 0.01 * (slope - 2), gc = 0, hss = 0.01, hsc = 0, hcc = 1e-6;
            var (g, h) = (new double[labels], new double[labels]);
            for (var i = 0; i < margins.Length; i++)
                for (var k = 0; k < labels; k++)
                {
                    if (has(i, k) is not { } is_)
                        continue;
                    double m = margins[i][k];
                    var p = 1 / (1 + Math.Exp(-(slope * m + common + own[k])));
                    var error = p - (is_ ? 1 : 0);
                    var w = p * (1 - p);
                    gs += error * m;
                    gc += error;
                    hss += w * m * m;
                    hsc += w * m;
                    hcc += w;
                    g[k] += error;
                    h[k] += w;
                }
            var determinant = Math.Max(hss * hcc - hsc * hsc, 1e-12);
            slope = Math.Clamp(slope - (gs * hcc - gc * hsc) / determinant, 0.1, 50);
            common = Math.Clamp(common - (gc * hss - gs * hsc) / determinant, -30, 30);
            for (var k = 0; k < labels; k++)
                own[k] = Math.Clamp(own[k] - 0.5 * (g[k] + Prior * own[k]) / (h[k] + Prior), -5, 5);
        }
        return new LabelCalibration((float)slope, [.. own.Select(o => (float)(common + o))]);
    }
}
